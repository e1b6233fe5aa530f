import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  createSecretKey,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';

/*
 * Ciphertext, version 1 (G5):
 *
 *   01 | suite 01 | key version u32 | nonce 12 | ciphertext | tag 16
 *
 * AES-256-GCM (NIST SP 800-38D) with a random nonce. The associated data names the place the ciphertext belongs to,
 * each part with its length before it, so that no two places read alike; moved anywhere else it does not decrypt.
 */
const version = 1;
const suite = 1;
const headerLength = 6;
const nonceLength = 12;
const tagLength = 16;

/** Where a ciphertext belongs: which account, which case or object, which record of it, and which field. */
export interface Place {
  readonly account: string;
  readonly object: string;
  readonly record: string;
  readonly field: string;
}

/** The ciphertext is not what was written here: changed, moved, or under another key. Says nothing of its content. */
export class CiphertextError extends Error {
  override readonly name = 'CiphertextError';
}

/** A key with what seals and opens under it. The raw key is never used directly. */
export interface SealingKey {
  readonly version: number;
  readonly key: KeyObject;
}

/** The version of the key that this claims to be sealed under. Nothing vouches for it until it has opened. */
export function keyVersionOf(sealed: Buffer): number {
  if (sealed.length < headerLength) throw new CiphertextError('Not a ciphertext of version 1');
  return sealed.readUInt32BE(2);
}

/** A key for one use, from a raw 256-bit key (HKDF-SHA256, RFC 5869). It tells nothing of the raw key or of other uses. */
export function deriveFor(use: string, raw: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', raw, Buffer.alloc(0), `samtal/${use}/v1`, 32));
}

/**
 * Derives what is used from a raw 256-bit key. GCM does not commit to its key; the commitment does: it is stored
 * beside the wrapped key and compared when the key is unwrapped.
 */
export function deriveKey(raw: Buffer, keyVersion: number): SealingKey & { commitment: Buffer } {
  const bytes = deriveFor('encrypt', raw);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return { version: keyVersion, key, commitment: deriveFor('commit', raw) };
}

export function checkCommitment(derived: { commitment: Buffer }, stored: Buffer): void {
  if (stored.length !== derived.commitment.length || !timingSafeEqual(stored, derived.commitment)) {
    throw new CiphertextError('The key does not match its commitment');
  }
}

export function seal({ key, version: keyVersion }: SealingKey, place: Place, plain: Buffer): Buffer {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associatedData(place, keyVersion));
  const header = Buffer.alloc(headerLength);
  header[0] = version;
  header[1] = suite;
  header.writeUInt32BE(keyVersion, 2);
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([header, nonce, body, cipher.getAuthTag()]);
}

/** Opens what `seal` closed for this place, or throws CiphertextError. Never returns part of it. */
export function unseal({ key, version: keyVersion }: SealingKey, place: Place, sealed: Buffer): Buffer {
  if (
    sealed.length < headerLength + nonceLength + tagLength ||
    sealed[0] !== version ||
    sealed[1] !== suite
  ) {
    throw new CiphertextError('Not a ciphertext of version 1');
  }
  if (sealed.readUInt32BE(2) !== keyVersion)
    throw new CiphertextError('Sealed under another version of the key');
  const nonce = sealed.subarray(headerLength, headerLength + nonceLength);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
  decipher.setAAD(associatedData(place, keyVersion));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
  const plain = decipher.update(sealed.subarray(headerLength + nonceLength, sealed.length - tagLength));
  try {
    decipher.final();
  } catch {
    throw new CiphertextError('The ciphertext was changed, moved, or sealed under another key');
  }
  return plain;
}

function associatedData(place: Place, keyVersion: number): Buffer {
  const parts = ['samtal/v1', place.account, place.object, place.record, place.field, String(keyVersion)];
  const lengths = parts.map((part) => Buffer.byteLength(part));
  const joined = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + 4 + length, 0));
  let at = 0;
  for (const [index, part] of parts.entries()) {
    at = joined.writeUInt32BE(lengths[index] ?? 0, at);
    at += joined.write(part, at);
  }
  return joined;
}
