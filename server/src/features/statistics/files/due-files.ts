import { statisticsSubjects, type StatisticsSubject } from '@samtal/contract/statistics';
import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../../platform/database/index.ts';
import type { FilePeriod } from './file-place.ts';

/** A file that is to be looked at. */
export interface DueFile {
  readonly subject: StatisticsSubject;
  readonly period: FilePeriod;
}

/**
 * What was counted since a file was made of it, and ended so many minutes ago, the oldest first. What has an hour that is behind is not
 * among it.
 */
export async function readDueFiles(
  tx: ReadTx,
  account: string,
  { closeMinutes, atMost }: { closeMinutes: (subject: StatisticsSubject) => number; atMost: number },
): Promise<DueFile[]> {
  const { rows } = await sql<{ grain: 'hour' | 'day'; start: Date; subject: StatisticsSubject }>`
    with counted as (
      select least(
        coalesce((select min(hour) from stale_hour where account_id = ${account}), 'infinity'),
        coalesce((select until from rolled_up where account_id = ${account} and stands_open), 'infinity')
      ) as until
    ), closing as (
      select * from unnest(${[...statisticsSubjects]}::text[], ${statisticsSubjects.map(closeMinutes)}::integer[]) as closing (subject, minutes)
    )
    select grain, period_start as start, subject from unpublished_period
    join closing using (subject)
    cross join counted
    cross join lateral (select period_start + case grain when 'hour' then interval '1 hour' else interval '24 hours' end as ends_at) period
    where account_id = ${account} and ends_at <= moment() - make_interval(mins => minutes) and ends_at <= counted.until
    order by ends_at, grain desc, subject
    limit ${atMost}`.execute(tx.sql);
  return rows.map(({ grain, start, subject }) => ({ subject, period: { grain, start } }));
}

export async function forgetDueFile(
  tx: Tx,
  account: string,
  { subject, period: { grain, start } }: DueFile,
): Promise<void> {
  await tx.sql
    .deleteFrom('unpublished_period')
    .where('account_id', '=', account)
    .where('grain', '=', grain)
    .where('period_start', '=', start)
    .where('subject', '=', subject)
    .execute();
}

/** Accounts with periods that have ended and are not published as they stand. In the platform’s scope. */
export async function accountsToPublish(tx: ReadTx): Promise<string[]> {
  const { rows } = await sql<{ account_id: string }>`
    select distinct account_id from unpublished_period
    where period_start + case grain when 'hour' then interval '1 hour' else interval '24 hours' end <= moment()`.execute(
    tx.sql,
  );
  return rows.map(({ account_id: id }) => id);
}
