import { type ByteSource, mismatch } from './byte-source.ts';
import { withTail } from './tail.ts';

const tailLength = 64 * 1024 + 22;
const endOfZip = Buffer.from('PK\x05\x06', 'latin1');

/**
 * A PDF (ISO 32000-2): begins and ends as one, at its very beginning, and is no archive at the same time. What it holds
 * stays as it is.
 */
export async function* pdfContent(source: ByteSource): AsyncGenerator<Buffer> {
  if (!/^%PDF-[12]\.\d/.test((await source.peek(8)).toString('latin1'))) throw mismatch();
  const tail = yield* withTail(source.passRest(), tailLength);
  if (!tail.bytes.subarray(-1024).includes('%%EOF') || tail.bytes.includes(endOfZip)) throw mismatch();
}
