import { crc32, deflateSync } from 'node:zlib';

/** One chunk of a PNG. */
export function pngChunk(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** A real PNG of one colour; `declared` is what its header says, and `extra` stands before its pixels. */
export function png({
  width = 40,
  height = 30,
  declared = { width, height },
  extra = [],
}: {
  width?: number;
  height?: number;
  declared?: { width: number; height: number };
  extra?: readonly Buffer[];
} = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(declared.width, 0);
  header.writeUInt32BE(declared.height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([0x1f, 0x5f, 0x8b]))]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    ...extra,
    pngChunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A PDF of one empty page, with something written in a comment. */
export function pdf(says = ''): Buffer {
  return Buffer.from(
    `%PDF-1.4\n%${says}\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj ` +
      '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
  );
}

export interface ZipPart {
  readonly name: string;
  readonly content?: Buffer;
  /** What the directory claims it unpacks to. */
  readonly claimedBytes?: number;
  readonly flags?: number;
}

/** An archive whose parts are stored as they are. */
export function zip(parts: readonly ZipPart[], { comment = '', before = '' } = {}): Buffer {
  const files: Buffer[] = [Buffer.from(before)];
  const directory: Buffer[] = [];
  let at = before.length;
  for (const { name, content = Buffer.from('x'), claimedBytes = content.length, flags = 0 } of parts) {
    const local = Buffer.alloc(30);
    local.write('PK\x03\x04', 'latin1');
    local.writeUInt16LE(flags, 6);
    local.writeUInt32LE(crc32(content), 14);
    local.writeUInt32LE(content.length, 18);
    local.writeUInt32LE(claimedBytes, 22);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    local.copy(entry, 8, 6, 30);
    entry.writeUInt32LE(at, 42);
    const file = Buffer.concat([local, Buffer.from(name), content]);
    files.push(file);
    directory.push(Buffer.concat([entry, Buffer.from(name)]));
    at += file.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...files, ...directory, end, Buffer.from(comment)]);
}

/** A Word document as far as its names tell. */
export const docxParts: readonly ZipPart[] = [
  { name: '[Content_Types].xml' },
  { name: '_rels/.rels' },
  { name: 'word/document.xml' },
];
