import { type ByteSource, mismatch } from './byte-source.ts';
import { orientationOf, orientationSegment } from './jpeg-orientation.ts';
import { checkPictureSize } from './picture-size.ts';

const startOfImage = 0xd8;
const endOfImage = 0xd9;
const startOfScan = 0xda;
const comment = 0xfe;
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
const isApplication = (marker: number) => marker >= 0xe0 && marker <= 0xef;

/**
 * A JPEG (ITU-T T.81) without EXIF, XMP, IPTC, comments, makers' data, and whatever stands behind its end, such as a
 * second picture or a film. Which way is up stays, in an EXIF segment that says nothing else.
 */
export async function* jpegContent(source: ByteSource): AsyncGenerator<Buffer> {
  const start = await source.read(2);
  if (start.readUInt8(0) !== 0xff || start.readUInt8(1) !== startOfImage) throw mismatch();
  yield start;
  let hasFrame = false;
  for (;;) {
    const marker = await nextMarker(source);
    if (marker === endOfImage) {
      if (!hasFrame) throw mismatch();
      yield Buffer.from([0xff, endOfImage]);
      return;
    }
    // Markers without a segment, and a second beginning, have no place between segments.
    if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= startOfImage)) throw mismatch();
    const length = await source.read(2);
    const size = length.readUInt16BE(0) - 2;
    if (size < 0) throw mismatch();
    const segment = await source.read(size);
    if (isFrame(marker)) {
      if (size < 6) throw mismatch();
      checkPictureSize(segment.readUInt16BE(3), segment.readUInt16BE(1));
      hasFrame = true;
    }
    const said = marker === 0xe1 ? orientationOf(segment) : null;
    if (said !== null) yield orientationSegment(said);
    if (isKept(marker, segment)) yield Buffer.concat([Buffer.from([0xff, marker]), length, segment]);
    if (marker === startOfScan) {
      if (!hasFrame) throw mismatch();
      yield* scan(source);
    }
  }
}

function isKept(marker: number, segment: Buffer): boolean {
  const names = (text: string) => segment.subarray(0, text.length).toString('latin1') === text;
  if (marker === 0xe0) return names('JFIF\0');
  if (marker === 0xe2) return names('ICC_PROFILE\0');
  if (marker === 0xee) return names('Adobe');
  return !isApplication(marker) && marker !== comment;
}

async function nextMarker(source: ByteSource): Promise<number> {
  if ((await source.read(1)).readUInt8(0) !== 0xff) throw mismatch();
  for (;;) {
    const marker = (await source.read(1)).readUInt8(0);
    // Any number of fill bytes may stand before a marker.
    if (marker !== 0xff) return marker;
  }
}

/** The coded data of a scan, up to the next marker that is not part of it. */
async function* scan(source: ByteSource): AsyncGenerator<Buffer> {
  for (;;) {
    const ahead = await source.peek(16 * 1024);
    if (ahead.length < 2) throw mismatch();
    const end = endOfCodedData(ahead);
    if (end === 0) return;
    yield* source.pass(end);
  }
}

/** Where the first marker begins. A stuffed zero and a restart marker belong to the data; a last FF may be either. */
function endOfCodedData(bytes: Buffer): number {
  for (let at = bytes.indexOf(0xff); at !== -1; at = bytes.indexOf(0xff, at + 2)) {
    const next = bytes[at + 1];
    if (next === undefined) return at;
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return bytes.length;
}
