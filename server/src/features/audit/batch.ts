import type { ReadTx } from '../../platform/database/index.ts';
import { chainBegin } from '../../platform/audit/index.ts';
import { presentProof, type Proof } from './export-checkpoints.ts';
import { readEntriesAfter, type AuditRow } from './queries.ts';

const maxEntries = 200;
const maxBytes = 512 * 1024;

/** What is sent at once: entries in order, and the newest checkpoint that speaks of an entry which has been sent. */
export interface Batch {
  readonly account: string;
  readonly entries: readonly AuditRow[];
  readonly checkpoint: Proof | null;
  /** The last entry that has arrived once this batch has. */
  readonly seq: number;
  /** Of a batch that only asks whether anything arrives. */
  readonly testedAt?: Date;
}

/** The next batch after this entry and this checkpoint, null when there is none. In scope `platform`. */
export async function nextBatch(
  tx: ReadTx,
  account: string,
  { seq, checkpoint }: { seq: number; checkpoint: number },
): Promise<Batch | null> {
  // What was removed before it could be sent is not there any more.
  const after = Math.max(seq, (await chainBegin(tx, account)).seq);
  const rows = await readEntriesAfter(tx, account, {
    filter: {},
    after,
    last: Number.MAX_SAFE_INTEGER,
    limit: maxEntries,
  });
  const entries = withinBytes(rows);
  const last = entries.at(-1)?.seq ?? after;
  const proof = await readProof(tx, account, { after: checkpoint, upTo: last });
  return entries.length === 0 && proof === null ? null : { account, entries, checkpoint: proof, seq: last };
}

/** As many from the beginning as fit, and one at least. */
function withinBytes(rows: readonly AuditRow[]): AuditRow[] {
  let size = 0;
  return rows.filter((row, index) => {
    size += row.body.length + 300;
    return index === 0 || size <= maxBytes;
  });
}

async function readProof(
  tx: ReadTx,
  account: string,
  { after, upTo }: { after: number; upTo: number },
): Promise<Proof | null> {
  const row = await tx.sql
    .selectFrom('audit_checkpoint_leaf as leaf')
    .innerJoin('audit_checkpoint as checkpoint', 'checkpoint.number', 'leaf.checkpoint')
    .selectAll()
    .where('leaf.account_id', '=', account)
    .where('leaf.checkpoint', '>', after)
    .where('leaf.seq', '<=', upTo)
    .orderBy('leaf.checkpoint', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  const {
    account_id: _account,
    checkpoint: _number,
    since: _since,
    key_hash: keyHash,
    seq,
    hash,
    position,
    path,
    ...rest
  } = row;
  return presentProof({ leaf: { account, seq, hash, position, path }, checkpoint: { ...rest, keyHash } });
}
