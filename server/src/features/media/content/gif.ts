import { type ByteSource, mismatch } from './byte-source.ts';
import { checkPictureSize } from './picture-size.ts';

const trailer = 0x3b;
const extension = 0x21;
const image = 0x2c;
const application = 0xff;
const graphicControl = 0xf9;
/** Those that say how often it is played. */
const keptApplications = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0']);

/** A GIF (GIF89a) without comments, texts, XMP, and whatever stands behind its end. */
export async function* gifContent(source: ByteSource): AsyncGenerator<Buffer> {
  const head = await source.read(13);
  if (!/^GIF8[79]a$/.test(head.toString('latin1', 0, 6))) throw mismatch();
  checkPictureSize(head.readUInt16LE(6), head.readUInt16LE(8));
  yield head;
  yield* source.pass(colourTableLength(head.readUInt8(10)));
  for (;;) {
    const kind = (await source.read(1)).readUInt8(0);
    if (kind === trailer) {
      yield Buffer.from([trailer]);
      return;
    }
    if (kind === image) {
      const descriptor = await source.read(9);
      yield Buffer.concat([Buffer.from([image]), descriptor]);
      yield* source.pass(colourTableLength(descriptor.readUInt8(8)));
      // The size of the codes.
      yield* source.pass(1);
      yield* blocks(source);
    } else if (kind === extension) yield* extensionContent(source);
    else throw mismatch();
  }
}

async function* extensionContent(source: ByteSource): AsyncGenerator<Buffer> {
  const label = await source.read(1);
  const ahead = await source.peek(12);
  const named =
    label.readUInt8(0) === application && ahead.readUInt8(0) === 11 ? ahead.toString('latin1', 1) : '';
  const isKept = label.readUInt8(0) === graphicControl || keptApplications.has(named);
  if (isKept) yield Buffer.concat([Buffer.from([extension]), label]);
  for await (const piece of blocks(source)) if (isKept) yield piece;
}

/** Blocks, each with its length before it, up to the empty one. */
async function* blocks(source: ByteSource): AsyncGenerator<Buffer> {
  for (;;) {
    const length = await source.read(1);
    yield length;
    if (length.readUInt8(0) === 0) return;
    yield* source.pass(length.readUInt8(0));
  }
}

function colourTableLength(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 0x07) + 1);
}
