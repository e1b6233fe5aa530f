import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { CiphertextError, deriveKey, type Place } from './ciphertext.ts';

/*
 * Long content (files, backups), sealed in segments so that neither side holds it whole (STREAM: Hoang, Reyhanitabar,
 * Rogaway, Vizár, 2015):
 *
 *   02 | suite 01 | nonce prefix 7 | segment … segment
 *
 * A segment is up to 64 KiB of content, AES-256-GCM, with its tag behind it. Its nonce is prefix | counter u32 | 01 for
 * the last one, else 00: a segment that is missing, doubled, swapped or cut off does not open. The associated data is
 * the header and the place that the content belongs to. There is always a last segment; that of nothing is empty.
 */
const version = 2;
const suite = 1;
const prefixLength = 7;
const headerLength = 2 + prefixLength;
const tagLength = 16;
const segmentLength = 64 * 1024;
const mostSegments = 2 ** 32;

/** Seals content under a raw 256-bit key that seals nothing else. Answers in pieces of a segment at most. */
export async function* sealStream(
  rawKey: Buffer,
  place: Place,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const header = Buffer.concat([Buffer.from([version, suite]), randomBytes(prefixLength)]);
  const segments = new Segments(rawKey, place, header);
  yield header;
  for await (const { bytes, isLast } of inPieces(content, segmentLength)) yield segments.seal(bytes, isLast);
}

/**
 * Opens what `sealStream` closed for this place. Each piece has been proven by the time it is given; throws
 * CiphertextError when one does not fit, and at the end when something is missing. A reader that must not act on part of
 * a file waits for the end.
 */
export async function* unsealStream(
  rawKey: Buffer,
  place: Place,
  sealed: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let segments: Segments | null = null;
  let header = Buffer.alloc(0);
  const body = async function* () {
    for await (const chunk of sealed) {
      const missing = headerLength - header.length;
      if (missing > 0) header = Buffer.concat([header, chunk.subarray(0, missing)]);
      if (missing < chunk.length) yield missing > 0 ? chunk.subarray(missing) : chunk;
    }
  };
  for await (const { bytes, isLast } of inPieces(body(), segmentLength + tagLength)) {
    segments ??= new Segments(rawKey, place, header);
    yield segments.open(bytes, isLast);
  }
}

/** How long the sealed form of so many bytes is. */
export function sealedLength(contentLength: number): number {
  const segments = Math.max(1, Math.ceil(contentLength / segmentLength));
  return headerLength + contentLength + segments * tagLength;
}

class Segments {
  readonly #key: KeyObject;
  readonly #header: Buffer;
  readonly #associated: Buffer;
  #next = 0;

  constructor(rawKey: Buffer, { account, object, record, field }: Place, header: Buffer) {
    if (header.length !== headerLength || header[0] !== version || header[1] !== suite)
      throw new CiphertextError('Not sealed content of version 2');
    this.#key = deriveKey(rawKey, 1).key;
    this.#header = header;
    const names = JSON.stringify(['samtal/stream/v1', account, object, record, field]);
    this.#associated = Buffer.concat([header, Buffer.from(names)]);
  }

  seal(bytes: Buffer, isLast: boolean): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#key, this.#nonce(isLast));
    cipher.setAAD(this.#associated);
    const body = cipher.update(bytes);
    cipher.final();
    return Buffer.concat([body, cipher.getAuthTag()]);
  }

  open(bytes: Buffer, isLast: boolean): Buffer {
    if (bytes.length < tagLength) throw new CiphertextError('The sealed content was cut off');
    const decipher = createDecipheriv('aes-256-gcm', this.#key, this.#nonce(isLast), {
      authTagLength: tagLength,
    });
    decipher.setAAD(this.#associated);
    decipher.setAuthTag(bytes.subarray(bytes.length - tagLength));
    const plain = decipher.update(bytes.subarray(0, bytes.length - tagLength));
    try {
      decipher.final();
    } catch {
      throw new CiphertextError('The sealed content was changed, cut off, moved, or is under another key');
    }
    return plain;
  }

  #nonce(isLast: boolean): Buffer {
    if (this.#next === mostSegments) throw new CiphertextError('The content has too many segments');
    const nonce = Buffer.alloc(12);
    this.#header.copy(nonce, 0, 2);
    nonce.writeUInt32BE(this.#next, prefixLength);
    nonce[11] = isLast ? 1 : 0;
    this.#next += 1;
    return nonce;
  }
}

/** Cuts what comes into pieces of exactly `length`, the last of which may be shorter, and is empty only when it is alone. */
async function* inPieces(
  content: AsyncIterable<Buffer>,
  length: number,
): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  let kept: Buffer[] = [];
  let keptLength = 0;
  for await (const chunk of content) {
    kept.push(chunk);
    keptLength += chunk.length;
    if (keptLength <= length) continue;
    const joined = Buffer.concat(kept);
    let at = 0;
    for (; joined.length - at > length; at += length)
      yield { bytes: joined.subarray(at, at + length), isLast: false };
    kept = [joined.subarray(at)];
    keptLength = joined.length - at;
  }
  yield { bytes: Buffer.concat(kept), isLast: true };
}
