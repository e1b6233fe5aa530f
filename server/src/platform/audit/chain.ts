import { createHash, createHmac } from 'node:crypto';

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

function framed(...parts: (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part as string);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
