import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';

/** What the database says of itself. */
export interface DatabaseFacts {
  /** Of what has to be on for a commit to outlive a crash: what is off. */
  readonly notDurable: readonly string[];
  /** Its time less this machine’s. */
  readonly clockAheadMs: number;
  /** Since when the longest-waiting bucket has had something erased in it, and still its old key. */
  readonly rotationDueSince: Date | null;
  /** Since when hours, days or files of statistics have failed, and in how many accounts. */
  readonly statisticsFailing: { readonly since: Date; readonly accounts: number } | null;
  /** When the first account was made. */
  readonly since: Date | null;
}

/** In the platform's scope. */
export async function readDatabaseFacts(tx: ReadTx): Promise<DatabaseFacts> {
  const asked = Date.now();
  const { rows } = await sql<{
    off: string[];
    now: Date;
    rotation: Date | null;
    failing: Date | null;
    accounts: number;
    since: Date | null;
  }>`
    with failing as materialized (
      select account_id, since from failed_hour
      union all select account_id, failed_since from unpublished_period where failed_since is not null
    )
    select array(select name from pg_settings
        where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums') and setting = 'off'
        order by name) as off,
      clock_timestamp() as now,
      (select min(dirty_since) from key_bucket) as rotation,
      (select min(since) from failing) as failing,
      (select count(distinct account_id)::integer from failing) as accounts,
      (select min(created_at) from account) as since`.execute(tx.sql);
  const [row] = rows;
  if (row === undefined) throw new Error('The database says nothing of itself');
  const { off, now, rotation, failing, accounts, since } = row;
  // Halfway between asking and hearing.
  const here = (asked + Date.now()) / 2;
  return {
    notDurable: off,
    clockAheadMs: Math.round(now.getTime() - here),
    rotationDueSince: rotation,
    statisticsFailing: failing === null ? null : { since: failing, accounts },
    since,
  };
}
