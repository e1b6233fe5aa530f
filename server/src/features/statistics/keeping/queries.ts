import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../../platform/database/index.ts';

/** The first UTC day of which there is something, as its beginning; null where there is nothing. Facts of held conversations stay out of it. */
export async function readOldestDay(tx: ReadTx, account: string): Promise<Date | null> {
  const { rows } = await sql<{ day: Date | null }>`
    with held as materialized (select held_facts(${account}) as facts)
    select date_trunc('day', least(
      (select at from fact cross join held
        where account_id = ${account} and (conversation_id is null or conversation_id <> all (facts)) order by at limit 1),
      (select min(period_start) from figure where account_id = ${account} and grain = 'hour'),
      (select min(period_start) from figure where account_id = ${account} and grain = 'day'),
      (select min(period_start) from statistics_file where account_id = ${account})
    ), 'UTC') as day`.execute(tx.sql);
  return rows[0]?.day ?? null;
}

/** How many facts, figures and files there are up to this moment, without facts of held conversations. */
export async function countStatistics(tx: ReadTx, account: string, until: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with held as materialized (select held_facts(${account}) as facts)
    select (
      (select count(*) from fact cross join held
        where account_id = ${account} and at < ${until} and (conversation_id is null or conversation_id <> all (facts)))
      + (select count(*) from figure where account_id = ${account} and grain in ('hour', 'day') and period_start < ${until})
      + (select count(*) from statistics_file where account_id = ${account} and period_start < ${until})
    ) as count`.execute(tx.sql);
  return rows[0]?.count ?? 0;
}

/** Whether everything up to this moment is counted, so that what stood open then is known; but for hours that cannot be. */
export async function isCountedUntil(tx: ReadTx, account: string, moment: Date): Promise<boolean> {
  const { rows } = await sql<{ counted: boolean }>`
    select not (stands_open and until < ${moment}) and not exists (
      select from stale_hour where account_id = ${account} and hour < ${moment} and hour >= coalesce(kept_since, '-infinity')
        and hour not in (select hour from failed_hour where account_id = ${account} and grain = 'hour')
    ) as counted
    from rolled_up where account_id = ${account}`.execute(tx.sql);
  return rows[0]?.counted ?? false;
}

/** Removes everything up to the end of the UTC day that begins then, as this entry of the deletion log says. */
export async function forgetStatistics(tx: Tx, day: Date, deletion: string): Promise<void> {
  await sql`select forget_statistics(${day}, ${deletion})`.execute(tx.sql);
}
