import type { StreamName } from '../conversations/streams.ts';
import { shownValues, type ShownValues } from './shown-values.ts';

/*
 * Session data (E9), sealed in the visitor's browser for the one browser in which the agent has the conversation, so that
 * nothing between them can read it, keep it or log it. Version 1:
 *
 *   1. The agent's browser makes a key pair on P-256 for this view of the conversation, and announces the public half.
 *   2. The visitor's browser makes a pair for this once, and derives a key from both: ECDH, then HKDF-SHA-256 (RFC 5869)
 *      over `samtal/session-data/v1`, both public keys and the stream's name.
 *   3. It seals the values with AES-256-GCM, the stream's name as the associated data, padded to 256 bytes:
 *
 *      public key 65 | nonce 12 | ciphertext | tag 16        in base64url (RFC 4648)
 *
 * Private keys cannot be exported, and are gone with the page. This file has no schemas, because the visitor's browser
 * loads it. It needs a secure context (https, or a loopback address).
 */

/** A public key on the wire: an uncompressed point of P-256 (SEC 1), which begins with 04. */
export const publicKeyPattern = '^B[A-Za-z0-9_-]{86}$';
export const sealedPattern = '^B[A-Za-z0-9_-]{123,4095}$';

const curve = { name: 'ECDH', namedCurve: 'P-256' };
const pointLength = 65;
const nonceLength = 12;
const paddedTo = 256;

/** A browser's `CryptoKey`, and Node's. */
type Key = Parameters<typeof crypto.subtle.encrypt>[1];

const encoder = new TextEncoder();

/** What the agent's browser holds: the half that it tells, and what opens values sealed to it. */
export interface ShowKey {
  readonly publicKey: string;
  /** The values, or null when they were not sealed for this key and stream, or are none. */
  open(stream: StreamName, sealed: string): Promise<ShownValues | null>;
}

export async function makeShowKey(): Promise<ShowKey> {
  const pair = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  const own = await exported(pair.publicKey);
  return {
    publicKey: toText(own),
    async open(stream, sealed) {
      try {
        const bytes = toBytes(sealed);
        const theirs = bytes.slice(0, pointLength);
        const key = await sharedKey(
          pair.privateKey,
          theirs,
          context(stream, { agent: own, visitor: theirs }),
        );
        const plain = await crypto.subtle.decrypt(
          algorithm(stream, bytes.slice(pointLength, pointLength + nonceLength)),
          key,
          bytes.slice(pointLength + nonceLength),
        );
        return shownValues(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain)));
      } catch {
        // Changed on the way, sealed for another key or stream, or not ours at all: nothing to show, whatever it was.
        return null;
      }
    },
  };
}

/** Seals the values to an agent's public key. Rejects when that is no point of the curve. */
export async function sealShown(publicKey: string, stream: StreamName, values: ShownValues): Promise<string> {
  const agent = toBytes(publicKey);
  const pair = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  const visitor = await exported(pair.publicKey);
  const key = await sharedKey(pair.privateKey, agent, context(stream, { agent, visitor }));
  const nonce = crypto.getRandomValues(new Uint8Array(nonceLength));
  const sealed = await crypto.subtle.encrypt(algorithm(stream, nonce), key, padded(JSON.stringify(values)));
  return toText(joined([visitor, nonce, new Uint8Array(sealed)]));
}

async function sharedKey(
  own: Key,
  theirs: Uint8Array<ArrayBuffer>,
  info: Uint8Array<ArrayBuffer>,
): Promise<Key> {
  const point = await crypto.subtle.importKey('raw', theirs, curve, false, []);
  const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: point }, own, 256);
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  return await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

/** Both points have one length, so no two contexts read alike. */
function context(
  stream: StreamName,
  { agent, visitor }: { agent: Uint8Array<ArrayBuffer>; visitor: Uint8Array<ArrayBuffer> },
): Uint8Array<ArrayBuffer> {
  return joined([encoder.encode('samtal/session-data/v1'), agent, visitor, encoder.encode(stream)]);
}

function algorithm(stream: StreamName, iv: Uint8Array<ArrayBuffer>) {
  return { name: 'AES-GCM', iv, additionalData: encoder.encode(stream) };
}

/** How long the values are says something about them: whole blocks say less. Space after JSON means nothing. */
function padded(json: string): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(json);
  const whole = new Uint8Array(Math.ceil(bytes.length / paddedTo) * paddedTo).fill(32);
  whole.set(bytes);
  return whole;
}

async function exported(key: Key): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.exportKey('raw', key));
}

function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function toText(bytes: Uint8Array<ArrayBuffer>): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
    letter.charCodeAt(0),
  );
}
