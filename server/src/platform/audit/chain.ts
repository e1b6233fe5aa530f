import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { framed } from './framed.ts';

/** One link of an account's chain. `body` is the text exactly as stored: it is what was hashed. */
export interface ChainLink {
  readonly account: string;
  readonly seq: number;
  readonly at: Date;
  readonly previous: Buffer;
  readonly body: string;
}

/** What the first link refers to. */
export const beginning = Buffer.alloc(32);

/** SHA-256 over the parts, each with its length before it, so that no two links read alike (H3). */
export function linkHash({ account, seq, at, previous, body }: ChainLink): Buffer {
  return createHash('sha256')
    .update(framed('samtal/audit/v1', account, String(seq), at.toISOString(), previous, body))
    .digest();
}

/** Seals where a chain ends, under a key that the database does not have: a cut or rewritten tail does not fit. */
export function headMac(key: Buffer, account: string, seq: number, hash: Buffer): Buffer {
  return createHmac('sha256', key)
    .update(framed('samtal/audit-head/v1', account, String(seq), hash))
    .digest();
}

/** Whether the end of a chain is sealed with this key. */
export function isHead(
  key: Buffer,
  { account, seq, hash, mac }: { account: string; seq: number; hash: Buffer; mac: Buffer },
): boolean {
  const expected = headMac(key, account, seq, hash);
  return expected.length === mac.length && timingSafeEqual(expected, mac);
}
