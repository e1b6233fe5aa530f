import { sql } from 'kysely';
import type { Tx } from '../../../platform/database/index.ts';

/** How far the figures of an account go. */
export interface Progress {
  readonly until: Date;
  /** Whether anything stands open then, so that time itself adds to figures. */
  readonly standsOpen: boolean;
  /** Since when history is kept, where older hours are gone. */
  readonly keptSince: Date | null;
}

/** Null before the first time. */
export async function readProgress(tx: Tx, account: string): Promise<Progress | null> {
  const row = await tx.sql
    .selectFrom('rolled_up')
    .select(['until', 'stands_open', 'kept_since'])
    .where('account_id', '=', account)
    .executeTakeFirst();
  return row === undefined
    ? null
    : { until: row.until, standsOpen: row.stands_open, keptSince: row.kept_since };
}

export async function writeProgress(
  tx: Tx,
  account: string,
  { until, standsOpen }: Omit<Progress, 'keptSince'>,
): Promise<void> {
  await tx.sql
    .insertInto('rolled_up')
    .values({ account_id: account, until, stands_open: standsOpen })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ until, stands_open: standsOpen }))
    .execute();
}

/** Takes the hours that have news, but for those that failed: with the transaction they are taken for good. */
export async function takeStaleHours(tx: Tx, account: string): Promise<Date[]> {
  const { rows } = await sql<{ hour: Date }>`
    with taken as (
      delete from stale_hour where account_id = ${account}
        and not exists (select from failed_hour failed where failed.account_id = stale_hour.account_id and failed.hour = stale_hour.hour
          and failed.grain = 'hour' and retry_at > moment())
      returning hour
    )
    select distinct hour from taken order by hour`.execute(tx.sql);
  return rows.map(({ hour }) => hour);
}

export async function putBackStaleHours(tx: Tx, account: string, hours: readonly Date[]): Promise<void> {
  if (hours.length === 0) return;
  await tx.sql
    .insertInto('stale_hour')
    .values(hours.map((hour) => ({ account_id: account, hour })))
    .execute();
}

/** Accounts whose figures are behind, or may have a day that has ended, but for what failed and waits. In the platform’s scope. */
export async function accountsBehind(tx: Tx): Promise<string[]> {
  const { rows } = await sql<{ account_id: string }>`
    select account_id from rolled_up
      where stands_open or date_trunc('day', until, 'UTC') < date_trunc('day', moment(), 'UTC')
    union
    select account_id from stale_hour where not exists (
      select from failed_hour failed where failed.account_id = stale_hour.account_id and failed.hour = stale_hour.hour and failed.grain = 'hour')
    union
    select account_id from failed_hour where retry_at <= moment()`.execute(tx.sql);
  return rows.map(({ account_id: id }) => id);
}
