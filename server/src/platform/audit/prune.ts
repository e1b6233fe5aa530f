import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';
import type { SigningKey } from '../keys/index.ts';
import { baseBytes } from './statement.ts';

const batchSize = 10_000;

/**
 * Removes an account's oldest entries, as far as all of them were recorded before the moment and a checkpoint says where
 * they end. What is left begins at a signed base, so that verifying it still holds (G7, H3). At most 10,000 entries at a
 * time: call it again, in a transaction of its own, while `more`. In scope `platform`.
 */
export async function pruneAudit(
  tx: Tx,
  signing: SigningKey,
  { account, before }: { account: string; before: Date },
): Promise<{ removed: number; more: boolean }> {
  const { rows } = await sql<{ seq: number; hash: Buffer; now: Date }>`
    with kept as (
      select coalesce(min(seq), 9223372036854775807) as seq from audit_entry
      where account_id = ${account} and at >= ${before})
    select leaf.seq, leaf.hash, date_trunc('milliseconds', clock_timestamp()) as now
    from kept, audit_checkpoint_leaf leaf join audit_entry entry using (account_id, seq, hash)
    where leaf.account_id = ${account} and leaf.seq < kept.seq
      and leaf.seq > coalesce((select base.seq from audit_base base where base.account_id = ${account}), 0)
    order by leaf.seq desc limit 1`.execute(tx.sql);
  const [end] = rows;
  if (end !== undefined) {
    const base = { seq: end.seq, hash: end.hash, at: end.now };
    const signed = { ...base, signature: signing.sign(baseBytes({ account, ...base })) };
    await tx.sql
      .insertInto('audit_base')
      .values({ account_id: account, ...signed })
      .onConflict((conflict) => conflict.column('account_id').doUpdateSet(signed))
      .execute();
  }
  const removed = await sql`
    delete from audit_entry where account_id = ${account} and seq in (
      select entry.seq from audit_entry entry join audit_base base using (account_id)
      where entry.account_id = ${account} and entry.seq <= base.seq order by entry.seq limit ${batchSize})`.execute(
    tx.sql,
  );
  await sql`
    delete from audit_checkpoint_leaf leaf where account_id = ${account}
      and seq < (select base.seq from audit_base base where base.account_id = ${account})`.execute(tx.sql);
  const count = Number(removed.numAffectedRows ?? 0);
  return { removed: count, more: count === batchSize };
}
