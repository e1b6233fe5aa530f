import { statisticsSubjects } from '@samtal/contract/statistics';
import { sql } from 'kysely';
import type { Tx } from '../../../platform/database/index.ts';

/** Says that these periods were counted: what is published of them is looked at again. */
export async function notePeriods(
  tx: Tx,
  account: string,
  { hours, days }: { hours: readonly number[]; days: readonly number[] },
): Promise<void> {
  await sql`
    insert into unpublished_period (account_id, grain, period_start, subject)
    select ${account}, grain, start, subject from (
      select 'hour' as grain, unnest(${hours.map((hour) => new Date(hour))}::timestamptz[]) as start
      union all select 'day', unnest(${days.map((day) => new Date(day))}::timestamptz[])
    ) counted cross join unnest(${[...statisticsSubjects]}::text[]) as subject
    on conflict do nothing`.execute(tx.sql);
}
