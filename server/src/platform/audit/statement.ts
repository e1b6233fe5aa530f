import { createHash, createPublicKey } from 'node:crypto';
import { isSigned } from '../keys/index.ts';
import { framed } from './framed.ts';
import { leafHash, rootOf } from './merkle.ts';

/** Where all chains ended at one moment, as it is signed. Its format: docs/subsystems/audit.md. */
export interface Statement {
  readonly number: number;
  readonly at: Date;
  readonly leaves: number;
  readonly root: Buffer;
  /** The checkpoint that this one follows, and the hash of its statement: 0 and zeros for the first one. */
  readonly follows: number;
  readonly previous: Buffer;
}

export interface Checkpoint extends Statement {
  /** SHA-256 of the public key (SPKI, DER). */
  readonly keyHash: Buffer;
  readonly signature: Buffer;
}

/** Where one chain ended, and how that leads to the root of a checkpoint. */
export interface Leaf {
  readonly account: string;
  readonly seq: number;
  readonly hash: Buffer;
  readonly position: number;
  /** From below. */
  readonly path: readonly Buffer[];
}

export const noStatement = Buffer.alloc(32);

/** The bytes that are signed. */
export function statementBytes({ number, at, leaves, root, follows, previous }: Statement): Buffer {
  return framed(
    'samtal/audit-checkpoint/v1',
    String(number),
    at.toISOString(),
    String(leaves),
    root,
    String(follows),
    previous,
  );
}

export function statementHash(statement: Statement): Buffer {
  return createHash('sha256').update(statementBytes(statement)).digest();
}

export function headLeaf({ account, seq, hash }: Pick<Leaf, 'account' | 'seq' | 'hash'>): Buffer {
  return leafHash(framed('samtal/audit-leaf/v1', account, String(seq), hash));
}

/** What a base is signed as: the account’s entries up to and including this one were removed on purpose. */
export function baseBytes({
  account,
  seq,
  hash,
  at,
}: {
  account: string;
  seq: number;
  hash: Buffer;
  at: Date;
}): Buffer {
  return framed('samtal/audit-base/v1', account, String(seq), hash, at.toISOString());
}

export function keyHash(publicKey: string): Buffer {
  return createHash('sha256')
    .update(createPublicKey(publicKey).export({ format: 'der', type: 'spki' }))
    .digest();
}

export function isGenuine(checkpoint: Checkpoint, publicKey: string): boolean {
  return isSigned(publicKey, statementBytes(checkpoint), checkpoint.signature);
}

export function isLeafOf(leaf: Leaf, { leaves, root }: Statement): boolean {
  const { position, path } = leaf;
  return rootOf(headLeaf(leaf), { position, leaves, path })?.equals(root) === true;
}
