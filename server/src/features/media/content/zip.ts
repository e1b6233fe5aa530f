import { Refusal } from '../../../platform/http/index.ts';
import { type ByteSource, mismatch } from './byte-source.ts';
import { withTail } from './tail.ts';

const mostEntries = 1000;
const mostUnpackedBytes = 100 * 1024 * 1024;
const mostRatio = 200;
/** The directory stands at the end; so much of it is kept to be judged. */
const tailLength = 512 * 1024;
const endLength = 22;

/** One entry of an archive's directory. */
interface ZipEntry {
  readonly name: string;
  readonly isEncrypted: boolean;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
}

/** What makes an archive a document of one type, judged by the names in it and by its beginning. */
export interface ZipKind {
  readonly isIt: (names: ReadonlySet<string>, start: Buffer) => boolean;
}

/**
 * An archive (APPNOTE 6.3.10) that is a document of one type: nothing before or behind it, a directory that fits, no
 * passwords, no macros, no paths that lead out, and no more in it than a document has. Nothing is unpacked: the sizes are
 * those that the directory declares.
 */
export async function* zipContent(source: ByteSource, { isIt }: ZipKind): AsyncGenerator<Buffer> {
  const start = Buffer.from(await source.peek(160));
  if (start.toString('latin1', 0, 4) !== 'PK\x03\x04') throw mismatch();
  const tail = yield* withTail(source.passRest(), tailLength);
  const entries = directoryOf(tail);
  if (!isIt(new Set(entries.map(({ name }) => name)), start)) throw mismatch();
  refuseUnsafe(entries);
}

function directoryOf({ bytes, length }: { bytes: Buffer; length: number }): ZipEntry[] {
  // A comment could hide another end, so there is none: the last 22 bytes are the end.
  const end = bytes.subarray(-endLength);
  if (end.length < endLength || end.toString('latin1', 0, 4) !== 'PK\x05\x06') throw mismatch();
  const [disk, count, size, offset] = [
    end.readUInt32LE(4),
    end.readUInt16LE(10),
    end.readUInt32LE(12),
    end.readUInt32LE(16),
  ];
  if (disk !== 0 || end.readUInt16LE(20) !== 0 || end.readUInt16LE(8) !== count) throw mismatch();
  if (offset + size + endLength !== length) throw mismatch();
  if (count > mostEntries || size > bytes.length - endLength) throw unsafe();
  const directory = bytes.subarray(bytes.length - endLength - size, bytes.length - endLength);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > size || directory.toString('latin1', at, at + 4) !== 'PK\x01\x02') throw mismatch();
    const nameLength = directory.readUInt16LE(at + 28);
    const next = at + 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    if (next > size) throw mismatch();
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      isEncrypted: (directory.readUInt16LE(at + 8) & 0x2041) !== 0,
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      unpackedBytes: directory.readUInt32LE(at + 24),
    });
    at = next;
  }
  if (at !== size) throw mismatch();
  return entries;
}

function refuseUnsafe(entries: readonly ZipEntry[]): void {
  const sum = (of: (entry: ZipEntry) => number) => entries.reduce((total, entry) => total + of(entry), 0);
  const unpacked = sum(({ unpackedBytes }) => unpackedBytes);
  const packed = sum(({ packedBytes }) => packedBytes);
  const tooMuch = unpacked > mostUnpackedBytes || unpacked > Math.max(packed, 1) * mostRatio;
  const bad = entries.some(
    ({ name, isEncrypted, method }) =>
      isEncrypted ||
      (method !== 0 && method !== 8) ||
      /(?:^|\/)\.\.(?:\/|$)|^[/\\]|\\|^[A-Za-z]:/.test(name) ||
      /vbaproject\.bin$|(?:^|\/)(?:macrosheets|Basic|Scripts)\//i.test(name),
  );
  if (tooMuch || bad || new Set(entries.map(({ name }) => name)).size !== entries.length) throw unsafe();
}

function unsafe(): Refusal {
  return new Refusal('media.content-unsafe');
}

/** Office Open XML (ECMA-376): the part that the document is. */
export function officePart(part: string): ZipKind {
  return { isIt: (names) => names.has('[Content_Types].xml') && names.has(part) };
}

/** OpenDocument (ISO/IEC 26300, part 2, 3.3): its first entry is its type, stored as it is. */
export function openDocument(mime: string): ZipKind {
  return {
    isIt: (names, start) =>
      names.has('mimetype') &&
      start.toString('latin1', 30, 38) === 'mimetype' &&
      start.readUInt16LE(28) === 0 &&
      start.readUInt16LE(8) === 0 &&
      start.toString('latin1', 38, 38 + mime.length) === mime &&
      start.toString('latin1', 38 + mime.length, 40 + mime.length) === 'PK',
  };
}
