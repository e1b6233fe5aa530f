import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';

/** How far statistics of the platform are behind, whatever account it is in. */
export interface StatisticsLag {
  /** Since when the account that is furthest behind has had something that is not counted, in seconds; 0 where nothing is. */
  readonly behindSeconds: number;
  /** Hours that cannot be counted and days that cannot be put together; and files that cannot be made. */
  readonly failedHours: number;
  readonly failedFiles: number;
}

/** In the platform’s scope. */
export async function readStatisticsLag(tx: ReadTx): Promise<StatisticsLag> {
  const { rows } = await sql<StatisticsLag>`
    with stale as materialized (select distinct account_id, hour from stale_hour),
    behind as (
      select hour as since from failed_hour
      union all
      select until from rolled_up where stands_open or account_id in (select account_id from stale)
      union all
      select hour from stale where account_id not in (select account_id from rolled_up)
    )
    select greatest(0, coalesce(round(extract(epoch from moment() - (select min(since) from behind))), 0))::integer as "behindSeconds",
      (select count(*) from failed_hour)::integer as "failedHours",
      (select count(*) from unpublished_period where failed_since is not null)::integer as "failedFiles"`.execute(
    tx.sql,
  );
  return rows[0] ?? { behindSeconds: 0, failedHours: 0, failedFiles: 0 };
}
