import { readProofs, type Checkpoint, type Leaf } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';

/**
 * The proofs for one account’s trail: each of its ends that a checkpoint names, with the signed statement and the path to
 * its root, and the signed base where the trail was pruned. Format: docs/subsystems/audit.md.
 */
export async function exportCheckpoints(database: Database, account: string): Promise<string> {
  // In the platform’s scope, since a checkpoint is about all accounts; what is read is this account’s part of it.
  const { base, proofs } = await database.read('platform', async (tx) => ({
    base: await tx.sql
      .selectFrom('audit_base')
      .selectAll()
      .where('account_id', '=', account)
      .executeTakeFirst(),
    proofs: await readProofs(tx, account),
  }));
  const checkpoints = proofs.map(presentProof);
  const pruned =
    base === undefined
      ? null
      : { seq: base.seq, hash: hex(base.hash), at: base.at.toISOString(), signature: hex(base.signature) };
  const file = { format: 'samtal-audit-checkpoints/v1', account, base: pruned, checkpoints };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** A signed statement and this account’s leaf of it, as they leave the platform. */
export function presentProof({ leaf, checkpoint }: { leaf: Leaf; checkpoint: Checkpoint }) {
  const { at, root, previous, keyHash, signature, ...numbers } = checkpoint;
  return {
    ...numbers,
    at: at.toISOString(),
    root: hex(root),
    previous: hex(previous),
    key: hex(keyHash),
    signature: hex(signature),
    leaf: { seq: leaf.seq, hash: hex(leaf.hash), position: leaf.position, path: leaf.path.map(hex) },
  };
}
export type Proof = ReturnType<typeof presentProof>;

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}
