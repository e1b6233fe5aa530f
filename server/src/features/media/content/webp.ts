import { type ByteSource, mismatch } from './byte-source.ts';
import { checkPictureSize } from './picture-size.ts';

const kept = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF', 'ICCP']);
const exifFlag = 0x08;
const xmpFlag = 0x04;

/**
 * A WebP (RFC 9649) without EXIF, XMP and unknown chunks. Its length stands at its beginning, so what is taken out is
 * left empty in its place: a chunk of zeros that readers pass over. What stands behind its end is cut off.
 */
export async function* webpContent(source: ByteSource): AsyncGenerator<Buffer> {
  const head = await source.read(12);
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8) !== 'WEBP') throw mismatch();
  yield head;
  let left = head.readUInt32LE(4) - 4;
  if (left <= 0) throw mismatch();
  for (let isFirst = true; left > 0; isFirst = false) {
    const chunk = await source.read(8);
    const type = chunk.toString('latin1', 0, 4);
    const length = chunk.readUInt32LE(4);
    const padded = length + (length % 2);
    left -= 8 + padded;
    if (left < 0) throw mismatch();
    if (isFirst) {
      const start = Buffer.from(await source.read(Math.min(padded, 10)));
      checkFrame(type, start);
      yield chunk;
      yield start;
      yield* source.pass(padded - start.length);
    } else if (kept.has(type)) {
      yield chunk;
      yield* source.pass(padded);
    } else {
      yield Buffer.concat([Buffer.from('JUNK'), chunk.subarray(4)]);
      for await (const piece of source.pass(padded)) yield Buffer.alloc(piece.length);
    }
  }
}

/** Judges the size by the first chunk, and takes the marks for EXIF and XMP out of it. */
function checkFrame(type: string, start: Buffer): void {
  if (start.length < 10) throw mismatch();
  if (type === 'VP8X') {
    checkPictureSize(start.readUIntLE(4, 3) + 1, start.readUIntLE(7, 3) + 1);
    start.writeUInt8(start.readUInt8(0) & ~(exifFlag | xmpFlag), 0);
  } else if (type === 'VP8L') {
    if (start.readUInt8(0) !== 0x2f) throw mismatch();
    const packed = start.readUInt32LE(1);
    checkPictureSize((packed & 0x3fff) + 1, ((packed >>> 14) & 0x3fff) + 1);
  } else if (type === 'VP8 ') {
    if (start.toString('latin1', 3, 6) !== '\x9d\x01\x2a') throw mismatch();
    checkPictureSize(start.readUInt16LE(6) & 0x3fff, start.readUInt16LE(8) & 0x3fff);
  } else throw mismatch();
}
