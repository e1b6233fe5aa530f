import { samlLimitBytes } from '@samtal/contract/federation';
import { Refusal, type FileBody } from '../../platform/http/index.ts';

/** The whole file, which is small. Refuses with request.too-large when it is not. */
export async function receiveMetadata({ content }: FileBody): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of content) {
    sizeBytes += chunk.length;
    if (sizeBytes > samlLimitBytes) throw new Refusal('request.too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
