import type { ReadTx, Tables } from '../database/index.ts';
import type { Selectable } from 'kysely';
import type { Checkpoint, Leaf } from './statement.ts';

/** A checkpoint with those leaves that it is the newest proof of. */
export interface CheckpointWithLeaves extends Checkpoint {
  readonly proves: readonly Leaf[];
}

/** In scope `platform`, as are the others here: a checkpoint is about all accounts at once. */
export async function readLastCheckpoint(tx: ReadTx): Promise<Checkpoint | null> {
  const row = await tx.sql
    .selectFrom('audit_checkpoint')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : checkpointOf(row);
}

/** Checkpoints after a number, in order, each with the leaves that were new since then. */
export async function readCheckpointsAfter(
  tx: ReadTx,
  number: number,
  limit: number,
): Promise<CheckpointWithLeaves[]> {
  const rows = await tx.sql
    .selectFrom('audit_checkpoint')
    .selectAll()
    .where('number', '>', number)
    .orderBy('number')
    .limit(limit)
    .execute();
  const leaves = await tx.sql
    .selectFrom('audit_checkpoint_leaf')
    .selectAll()
    .where('checkpoint', 'in', [0, ...rows.map((row) => row.number)])
    .where('since', '>', number)
    .execute();
  const byCheckpoint = Map.groupBy(leaves, (leaf) => leaf.checkpoint);
  return rows.map((row) => ({
    ...checkpointOf(row),
    proves: (byCheckpoint.get(row.number) ?? []).map(leafOf),
  }));
}

/** Every end of this chain that a checkpoint proves, with that checkpoint; from the oldest on. */
export async function readProofs(
  tx: ReadTx,
  account: string,
): Promise<{ leaf: Leaf; checkpoint: Checkpoint }[]> {
  const leaves = await tx.sql
    .selectFrom('audit_checkpoint_leaf')
    .selectAll()
    .where('account_id', '=', account)
    .orderBy('seq')
    .execute();
  const rows = await tx.sql
    .selectFrom('audit_checkpoint')
    .selectAll()
    .where('number', 'in', [0, ...leaves.map((leaf) => leaf.checkpoint)])
    .execute();
  const byNumber = new Map(rows.map((row) => [row.number, checkpointOf(row)]));
  return leaves.flatMap((row) => {
    const checkpoint = byNumber.get(row.checkpoint);
    return checkpoint === undefined ? [] : [{ leaf: leafOf(row), checkpoint }];
  });
}

function checkpointOf({ key_hash: keyHash, ...row }: Selectable<Tables['audit_checkpoint']>): Checkpoint {
  return { ...row, keyHash };
}

function leafOf({
  account_id: account,
  seq,
  hash,
  position,
  path,
}: Selectable<Tables['audit_checkpoint_leaf']>): Leaf {
  return { account, seq, hash, position, path };
}
