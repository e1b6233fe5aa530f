import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { BackupError } from './errors.ts';
import { unwrapFileKey, wrapFileKey } from './recipients.ts';

/*
 * A sealed file:
 *
 *   "samtal-backup/1\n" | u32 length | header (JSON) | segment … | footer
 *
 * The header holds a file key wrapped to the recipients (age, X25519). What is derived from that key and the hash of all that
 * stands before the segments encrypts these by STREAM (Hoang, Reyhanitabar, Rogaway and Vizár, 2015) with AES-256-GCM: 64 KiB
 * each, under the nonce `prefix of 7 | counter u32 | 1 for the last`. So no segment can be changed, left out, repeated, put
 * elsewhere or taken from another file, and nothing can be cut off. The last one is the footer: length and SHA-256 of all the
 * plain bytes.
 */
const magic = Buffer.from('samtal-backup/1\n');
const segmentBytes = 64 * 1024;
const tagBytes = 16;
const footerBytes = 8 + 32;
const longestHeader = 1024 * 1024;

export type SealedKind = 'database' | 'keyring';

interface Header {
  readonly kind: SealedKind;
  /** An age file, base64. */
  readonly key: string;
}

/** Seals what the source gives to whoever has the identity of one of the recipients (`age1…`). */
export async function* sealFile(
  source: AsyncIterable<Buffer>,
  { kind, recipients }: { kind: SealedKind; recipients: readonly string[] },
): AsyncGenerator<Buffer> {
  const fileKey = randomBytes(32);
  const header: Header = { kind, key: (await wrapFileKey(fileKey, recipients)).toString('base64') };
  const json = Buffer.from(JSON.stringify(header));
  const beginning = Buffer.concat([magic, u32(json.length), json]);
  const segments = new Segments(fileKey, beginning);
  yield beginning;
  const hash = createHash('sha256');
  let length = 0;
  for await (const plain of inSegments(source)) {
    hash.update(plain);
    length += plain.length;
    yield segments.seal(plain, 'more');
  }
  const footer = Buffer.alloc(footerBytes);
  footer.writeBigUInt64BE(BigInt(length));
  hash.digest().copy(footer, 8);
  yield segments.seal(footer, 'last');
}

/**
 * Opens a sealed file: gives its plain bytes as they come, and throws BackupError for whatever is wrong with it. Whoever
 * must not act on a damaged file reads it to the end first, since damage may be anywhere.
 */
export async function* openFile(
  source: AsyncIterable<Buffer>,
  { kind, identities }: { kind: SealedKind; identities: readonly string[] },
): AsyncGenerator<Buffer> {
  const reader = new Reader(source);
  const beginning = await readBeginning(reader);
  const header = headerIn(beginning);
  if (header.kind !== kind) throw new BackupError('backup-damaged', `This is not a backup of the ${kind}`);
  const fileKey = await unwrapFileKey(Buffer.from(header.key, 'base64'), identities);
  const segments = new Segments(fileKey, beginning);
  const hash = createHash('sha256');
  let length = 0;
  const sealedFooter = footerBytes + tagBytes;
  for (;;) {
    const available = await reader.fill(segmentBytes + tagBytes + sealedFooter);
    if (available < sealedFooter) throw damaged('is cut off');
    if (available === sealedFooter) break;
    const plain = segments.open(
      reader.take(Math.min(segmentBytes + tagBytes, available - sealedFooter)),
      'more',
    );
    hash.update(plain);
    length += plain.length;
    yield plain;
  }
  const footer = segments.open(reader.take(sealedFooter), 'last');
  if (footer.readBigUInt64BE() !== BigInt(length) || !footer.subarray(8).equals(hash.digest()))
    throw damaged('does not have the length and hash that it says');
}

/** Keys of one file, and how many of its segments went through. */
class Segments {
  readonly #key: Buffer;
  readonly #prefix: Buffer;
  #count = 0;

  constructor(fileKey: Buffer, beginning: Buffer) {
    const context = createHash('sha256').update(beginning).digest();
    const derived = Buffer.from(hkdfSync('sha256', fileKey, context, 'samtal/backup-file/v1', 32 + 7));
    fileKey.fill(0);
    this.#key = derived.subarray(0, 32);
    this.#prefix = derived.subarray(32);
  }

  seal(plain: Buffer, position: 'more' | 'last'): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#key, this.#nonce(position));
    const body = cipher.update(plain);
    cipher.final();
    return Buffer.concat([body, cipher.getAuthTag()]);
  }

  open(sealed: Buffer, position: 'more' | 'last'): Buffer {
    const at = this.#count;
    if (sealed.length < tagBytes) throw damaged('has something behind its end');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, this.#nonce(position), {
      authTagLength: tagBytes,
    });
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
    const plain = decipher.update(sealed.subarray(0, sealed.length - tagBytes));
    try {
      decipher.final();
    } catch {
      throw damaged(
        position === 'last'
          ? 'does not end as it should'
          : `was changed or cut off: segment ${at + 1} does not open`,
      );
    }
    return plain;
  }

  #nonce(position: 'more' | 'last'): Buffer {
    const nonce = Buffer.alloc(12);
    this.#prefix.copy(nonce);
    nonce.writeUInt32BE(this.#count, 7);
    nonce[11] = position === 'last' ? 1 : 0;
    // 2^32 segments are 256 TiB; writeUInt32BE refuses the next one.
    this.#count += 1;
    return nonce;
  }
}

async function readBeginning(reader: Reader): Promise<Buffer> {
  const fixed = magic.length + 4;
  if ((await reader.fill(fixed)) < fixed || !reader.peek(magic.length).equals(magic))
    throw damaged('is not a backup, or its beginning was changed');
  const length = reader.peek(fixed).readUInt32BE(magic.length);
  if (length > longestHeader || (await reader.fill(fixed + length)) < fixed + length)
    throw damaged('is cut off, or its beginning was changed');
  return Buffer.from(reader.take(fixed + length));
}

function headerIn(beginning: Buffer): Header {
  try {
    const header = JSON.parse(beginning.toString('utf8', magic.length + 4)) as Partial<Header>;
    if (typeof header.key === 'string' && (header.kind === 'database' || header.kind === 'keyring'))
      return { kind: header.kind, key: header.key };
  } catch {
    // Not JSON: said below.
  }
  throw damaged('has a beginning that was changed');
}

/** Cuts what comes into segments, all full but the last. */
async function* inSegments(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const reader = new Reader(source);
  for (;;) {
    const available = await reader.fill(segmentBytes);
    if (available === 0) return;
    yield reader.take(Math.min(available, segmentBytes));
  }
}

/** Bytes that come in pieces of any size, taken in pieces of the size one needs. */
class Reader {
  readonly #source: AsyncIterator<Buffer>;
  #buffered: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Waits for at least this many bytes, or the end. Answers with how many there are. */
  async fill(bytes: number): Promise<number> {
    if (this.#buffered.length >= bytes) return this.#buffered.length;
    const pieces = [this.#buffered];
    let length = this.#buffered.length;
    while (length < bytes) {
      const next = await this.#source.next();
      if (next.done === true) break;
      pieces.push(next.value);
      length += next.value.length;
    }
    this.#buffered = Buffer.concat(pieces);
    return length;
  }

  peek(bytes: number): Buffer {
    return this.#buffered.subarray(0, bytes);
  }

  take(bytes: number): Buffer {
    const taken = this.#buffered.subarray(0, bytes);
    this.#buffered = this.#buffered.subarray(bytes);
    return taken;
  }
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function damaged(how: string): BackupError {
  return new BackupError('backup-damaged', `The backup is damaged: the file ${how}`);
}
