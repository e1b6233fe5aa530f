import type { Figures } from '@samtal/contract/statistics';
import { sql } from 'kysely';
import type { ReadTx } from '../../../platform/database/index.ts';

/** Up to when everything that happened is in the figures; null before anything did. */
export async function countedUntil(tx: ReadTx, account: string): Promise<Date | null> {
  const { rows } = await sql<{ until: Date | null }>`
    select least(
      case when stands_open or exists (select from stale_hour where account_id = ${account}) then until else moment() end,
      (select min(hour) from failed_hour where account_id = ${account})
    ) as until
    from rolled_up where account_id = ${account}`.execute(tx.sql);
  return rows[0]?.until ?? null;
}

/** The hours that could not be counted, and those of days that could not be put together; null where there are none. */
export async function readUncounted(tx: ReadTx, account: string): Promise<Figures['uncounted']> {
  const { rows } = await sql<{ from: Date | null; hours: number; retry: Date | null }>`
    select min(each) as from, count(distinct each)::integer as hours, min(retry_at) as retry
    from failed_hour
    cross join generate_series(hour, hour + case grain when 'hour' then interval '0' else interval '23 hours' end, interval '1 hour') as each
    where account_id = ${account}`.execute(tx.sql);
  const { from = null, hours = 0, retry = null } = rows[0] ?? {};
  return from === null || retry === null
    ? null
    : { from: from.toISOString(), hours, retriedAt: retry.toISOString() };
}
