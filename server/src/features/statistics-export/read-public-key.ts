import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { exportKeyTypes, type ExportKeyType } from '@samtal/contract/statistics-export';
import { Refusal } from '../../platform/http/index.ts';

/** A public key that export accounts may sign in with. */
export interface SshPublicKey {
  readonly type: ExportKeyType;
  readonly bits: number;
  /** As SSH sends it (RFC 4253, 6.6). */
  readonly blob: Buffer;
}

const rsaBits = { least: 3072, most: 16_384 };

/** By the name of the curve in SSH (RFC 5656): its name elsewhere, and the bytes of a coordinate. */
const curves = {
  nistp256: { crv: 'P-256', bytes: 32, bits: 256 },
  nistp384: { crv: 'P-384', bytes: 48, bits: 384 },
  nistp521: { crv: 'P-521', bytes: 66, bits: 521 },
} as const;

/**
 * The one public key in what somebody has pasted: a line of OpenSSH, or a block of RFC 4716. Refuses with
 * statistics-export.key-private, statistics-export.key-unfit.
 */
export function readPublicKey(pasted: string): SshPublicKey {
  if (/PRIVATE KEY|PuTTY-User-Key-File/.test(pasted)) throw new Refusal('statistics-export.key-private');
  const text = pasted.trim();
  const blob = text.startsWith('----') ? blobInBlock(text) : blobInLine(text);
  const key = blob === null ? null : keyIn(blob);
  if (key === null) throw new Refusal('statistics-export.key-unfit');
  return key;
}

/** `type base64 comment`. More than one line is more than one key. */
function blobInLine(text: string): Buffer | null {
  const [, type = '', base64 = ''] = /^(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t][^\r\n]*)?$/.exec(text) ?? [];
  const blob = Buffer.from(base64, 'base64');
  return new Reader(blob).text() === type ? blob : null;
}

/** RFC 4716: headers, each of which goes on in the next line after a backslash, and then the key. */
function blobInBlock(text: string): Buffer | null {
  const [, inner] =
    /^---- BEGIN SSH2 PUBLIC KEY ----\r?\n([\s\S]*?)\r?\n---- END SSH2 PUBLIC KEY ----$/.exec(text) ?? [];
  if (inner === undefined) return null;
  const lines = inner.replaceAll(/\\\r?\n/g, '').split(/\r?\n/);
  const body = lines.filter((line) => !line.includes(':')).join('');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(body) ? Buffer.from(body, 'base64') : null;
}

/** The key in its own form, which has one spelling: read and written again it is the same, or it is not taken. */
function keyIn(blob: Buffer): SshPublicKey | null {
  const reader = new Reader(blob);
  const name = reader.text();
  const type = exportKeyTypes.find((each) => each === name);
  if (type === undefined) return null;
  const found =
    type === 'ssh-ed25519' ? ed25519(reader) : type === 'ssh-rsa' ? rsa(reader) : ecdsa(reader, type);
  if (found === null || !reader.isAtEnd || !isSound(found.jwk)) return null;
  return { type, bits: found.bits, blob };
}

interface Found {
  readonly jwk: JsonWebKey;
  readonly bits: number;
}

function ed25519(reader: Reader): Found | null {
  const point = reader.bytes();
  if (point?.length !== 32) return null;
  return { jwk: { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') }, bits: 256 };
}

function rsa(reader: Reader): Found | null {
  const [e, n] = [reader.number(), reader.number()];
  if (e === null || n === null) return null;
  const bits = (n.length - 1) * 8 + (n[0] ?? 0).toString(2).length;
  const isOdd = ((n.at(-1) ?? 0) & (e.at(-1) ?? 0) & 1) === 1;
  // Small exponents are how keys were made that anybody can sign for; long ones only cost time.
  if (!isOdd || bits < rsaBits.least || bits > rsaBits.most || e.length < 3 || e.length > 4) return null;
  return { jwk: { kty: 'RSA', e: e.toString('base64url'), n: n.toString('base64url') }, bits };
}

function ecdsa(reader: Reader, type: string): Found | null {
  const curve = reader.text() as keyof typeof curves | null;
  const point = reader.bytes();
  if (curve === null || !Object.hasOwn(curves, curve) || type !== `ecdsa-sha2-${curve}`) return null;
  const { crv, bytes, bits } = curves[curve];
  if (point?.length !== 1 + 2 * bytes || point[0] !== 4) return null;
  const [x, y] = [point.subarray(1, 1 + bytes), point.subarray(1 + bytes)];
  return { jwk: { kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') }, bits };
}

/** Whether it is a key at all: a point that is on its curve. */
function isSound(jwk: JsonWebKey): boolean {
  try {
    createPublicKey({ key: jwk, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}

/** Strings and numbers one after the other (RFC 4251, 5); null for what is cut off. */
class Reader {
  readonly #from: Buffer;
  #at = 0;

  constructor(from: Buffer) {
    this.#from = from;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#from.length;
  }

  bytes(): Buffer | null {
    if (this.#at + 4 > this.#from.length) return null;
    const length = this.#from.readUInt32BE(this.#at);
    const start = this.#at + 4;
    if (start + length > this.#from.length) return null;
    this.#at = start + length;
    return this.#from.subarray(start, start + length);
  }

  text(): string | null {
    return this.bytes()?.toString('latin1') ?? null;
  }

  /** A positive one in its only form: no zero before it but the one that keeps it positive. Without that zero. */
  number(): Buffer | null {
    const bytes = this.bytes();
    const [first = 0, second = 0] = bytes ?? [];
    if (bytes === null || bytes.length === 0 || first >= 0x80) return null;
    if (first !== 0) return bytes;
    return second >= 0x80 ? bytes.subarray(1) : null;
  }
}
