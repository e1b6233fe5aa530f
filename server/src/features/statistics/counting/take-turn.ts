import { sql } from 'kysely';
import type { Tx } from '../../../platform/database/index.ts';

/** One transaction at a time counts and publishes an account: whether it is this one, and what time it is. */
export async function takeTurn(tx: Tx, account: string): Promise<{ ours: boolean; now: Date }> {
  const { rows } = await sql<{ ours: boolean; now: Date }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`statistics:${account}`}, 0)) as ours, moment() as now`.execute(
    tx.sql,
  );
  return rows[0] ?? { ours: false, now: new Date() };
}
