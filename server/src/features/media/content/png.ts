import { type ByteSource, mismatch } from './byte-source.ts';
import { checkPictureSize } from './picture-size.ts';

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** What a picture needs to be shown as it should (PNG, third edition). Texts, times and EXIF are not among it. */
const kept = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'cHRM',
  'gAMA',
  'iCCP',
  'sBIT',
  'sRGB',
  'cICP',
  'mDCV',
  'cLLI',
  'bKGD',
  'hIST',
  'pHYs',
  'acTL',
  'fcTL',
  'fdAT',
]);

/** A PNG without its metadata, and without whatever stands behind its end. */
export async function* pngContent(source: ByteSource): AsyncGenerator<Buffer> {
  if (!(await source.read(signature.length)).equals(signature)) throw mismatch();
  yield signature;
  for (let isFirst = true; ; isFirst = false) {
    const head = await source.read(8);
    const length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4);
    if (length > 0x7fff_ffff || !/^[A-Za-z]{4}$/.test(type)) throw mismatch();
    if (isFirst !== (type === 'IHDR') || (isFirst && length !== 13)) throw mismatch();
    if (isFirst) {
      const header = await source.read(13);
      checkPictureSize(header.readUInt32BE(0), header.readUInt32BE(4));
      yield head;
      yield header;
      yield* source.pass(4);
    } else if (kept.has(type)) {
      yield head;
      yield* source.pass(length + 4);
    } else await source.skip(length + 4);
    if (type === 'IEND') return;
  }
}
