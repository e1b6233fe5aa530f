import assert from 'node:assert/strict';
import { crc32, inflateRawSync } from 'node:zlib';

/** What is in a ZIP archive, by its directory, as any reader goes about it; checks the sum of each file. */
export function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  assert.ok(end >= 0, 'the archive has a directory');
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    assert.equal(archive.toString('latin1', at, at + 4), 'PK\x01\x02');
    const two = (by: number) => archive.readUInt16LE(at + by);
    const four = (by: number) => archive.readUInt32LE(at + by);
    const [nameLength, extraLength, commentLength] = [two(28), two(30), two(32)];
    const [sum, packedBytes] = [four(16), four(20)];
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    const local = four(42);
    const begin = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const packed = archive.subarray(begin, begin + packedBytes);
    const content = two(10) === 0 ? packed : inflateRawSync(packed);
    assert.equal(crc32(content), sum, name);
    files.set(name, content);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}
