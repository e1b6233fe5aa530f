const exif = 'Exif\0\0';
const orientationTag = 0x0112;

/** Which way is up by an EXIF segment (EXIF 2.32, 4.6.4), 2 to 8; null when it does not say, or says the ordinary. */
export function orientationOf(segment: Buffer): number | null {
  if (segment.toString('latin1', 0, exif.length) !== exif) return null;
  const tiff = segment.subarray(exif.length);
  if (tiff.length < 14) return null;
  const order = tiff.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') return null;
  const short = (at: number) => (order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = order === 'II' ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (directory + 2 > tiff.length) return null;
  for (let index = 0; index < short(directory); index += 1) {
    const at = directory + 2 + index * 12;
    if (at + 12 > tiff.length) return null;
    if (short(at) !== orientationTag) continue;
    const value = short(at + 8);
    return value >= 2 && value <= 8 ? value : null;
  }
  return null;
}

/** An EXIF segment with one field. */
export function orientationSegment(orientation: number): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('MM\0*', 'latin1');
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(orientationTag, 10);
  // A SHORT, one of them.
  tiff.writeUInt16BE(3, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(orientation, 18);
  const head = Buffer.from([0xff, 0xe1, 0, 2 + exif.length + tiff.length]);
  return Buffer.concat([head, Buffer.from(exif, 'latin1'), tiff]);
}
