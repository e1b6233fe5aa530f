import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';
import type { SigningKey } from '../keys/index.ts';
import { isHead } from './chain.ts';
import { merkleTree } from './merkle.ts';
import { readLastCheckpoint } from './read-checkpoints.ts';
import {
  headLeaf,
  keyHash,
  noStatement,
  statementBytes,
  statementHash,
  type Checkpoint,
  type Statement,
} from './statement.ts';

/** Any number, as long as nobody else takes it. */
const checkpointLock = 7_318_004;

export interface CheckpointKeys {
  /** Under which the ends of chains are sealed. */
  readonly head: Buffer;
  readonly signing: SigningKey;
}

/** An account whose chain does not end where it should; no checkpoint speaks for it. */
export interface UnfitHead {
  readonly account: string;
  readonly seq: number;
}

/**
 * Signs where all chains end now (H3). In scope `platform`. Returns null when there is no chain yet, or when another
 * transaction is at it. `number` is the next one unless checkpoints are known elsewhere that the database has lost.
 */
export async function makeCheckpoint(
  tx: Tx,
  keys: CheckpointKeys,
  number?: number,
): Promise<{ checkpoint: Checkpoint; unfit: UnfitHead[] } | null> {
  const lock = await sql<{
    ours: boolean;
  }>`select pg_try_advisory_xact_lock(${checkpointLock}) as ours`.execute(tx.sql);
  if (lock.rows[0]?.ours !== true) return null;
  const { fit, unfit } = await readHeads(tx, keys.head);
  if (fit.length === 0) return null;
  const last = await readLastCheckpoint(tx);
  const { root, paths } = merkleTree(fit.map(headLeaf));
  const { rows } = await sql<{
    at: Date;
  }>`select date_trunc('milliseconds', clock_timestamp()) as at`.execute(tx.sql);
  const statement: Statement = {
    number: number ?? (last?.number ?? 0) + 1,
    at: rows[0]?.at ?? new Date(),
    leaves: fit.length,
    root,
    follows: last?.number ?? 0,
    previous: last === null ? noStatement : statementHash(last),
  };
  const checkpoint = {
    ...statement,
    keyHash: keyHash(keys.signing.publicKey),
    signature: keys.signing.sign(statementBytes(statement)),
  };
  const { keyHash: key_hash, ...columns } = checkpoint;
  await tx.sql
    .insertInto('audit_checkpoint')
    .values({ ...columns, key_hash })
    .execute();
  for (const [position, { account, seq, hash }] of fit.entries()) {
    const path = paths[position] ?? [];
    // A chain that has not grown is proven by the newest checkpoint that says so. What says something else stays as it is.
    await tx.sql
      .insertInto('audit_checkpoint_leaf')
      .values({
        account_id: account,
        seq,
        hash,
        since: statement.number,
        checkpoint: statement.number,
        position,
        path,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['account_id', 'seq'])
          .doUpdateSet({ checkpoint: statement.number, position, path })
          .whereRef('audit_checkpoint_leaf.hash', '=', 'excluded.hash'),
      )
      .execute();
  }
  return { checkpoint, unfit };
}

/** The ends of all chains by account. Unfit: not sealed with our key, or before an end that was signed already. */
async function readHeads(
  tx: Tx,
  key: Buffer,
): Promise<{ fit: { account: string; seq: number; hash: Buffer }[]; unfit: UnfitHead[] }> {
  const { rows } = await sql<{ account: string; seq: number; hash: Buffer; mac: Buffer; signed: number }>`
    select head.account_id as account, head.seq, head.hash, head.mac,
      coalesce((select max(leaf.seq) from audit_checkpoint_leaf leaf where leaf.account_id = head.account_id), 0) as signed
    from audit_head head order by head.account_id`.execute(tx.sql);
  const isFit = (row: (typeof rows)[number]) => row.seq >= row.signed && isHead(key, row);
  return { fit: rows.filter(isFit), unfit: rows.filter((row) => !isFit(row)) };
}
