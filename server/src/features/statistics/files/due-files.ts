import { statisticsSubjects, type StatisticsSubject } from '@samtal/contract/statistics';
import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../../platform/database/index.ts';
import { retryMinutes } from '../counting/failed-hours.ts';
import type { FilePeriod } from './file-place.ts';

/** A file that is to be looked at. */
export interface DueFile {
  readonly subject: StatisticsSubject;
  readonly period: FilePeriod;
}

const endsAt = sql`period_start + case grain when 'hour' then interval '1 hour' else interval '24 hours' end`;

/**
 * What was counted since a file was made of it, and ended so many minutes ago, the oldest first. Not while an hour that counts waits to be
 * counted. What has an hour that failed waits for that; so do all files of agents after it, since how long they were there
 * goes on from hour to hour, but for no longer than a day: then they are published as far as is known. Nothing else does: other subjects
 * are known from an hour’s own facts. Files of a day that cannot be put together wait for that, and no others do.
 */
export async function readDueFiles(
  tx: ReadTx,
  account: string,
  { closeMinutes, atMost }: { closeMinutes: (subject: StatisticsSubject) => number; atMost: number },
): Promise<DueFile[]> {
  const { rows } = await sql<{ grain: 'hour' | 'day'; start: Date; subject: StatisticsSubject }>`
    with failed as materialized (
      select grain as of, hour, since > moment() - interval '24 hours' as is_new from failed_hour where account_id = ${account}
    ), counted as (
      select least(
        coalesce((select min(hour) from stale_hour where account_id = ${account} and hour not in (select hour from failed where of = 'hour')), 'infinity'),
        coalesce((select until from rolled_up where account_id = ${account} and stands_open), 'infinity')
      ) as until
    ), closing as (
      select * from unnest(${[...statisticsSubjects]}::text[], ${statisticsSubjects.map(closeMinutes)}::integer[]) as closing (subject, minutes)
    )
    select grain, period_start as start, subject from unpublished_period
    join closing using (subject)
    cross join counted
    cross join lateral (select ${endsAt} as ends_at) period
    where account_id = ${account} and ends_at <= moment() - make_interval(mins => minutes) and ends_at <= counted.until
      and coalesce(retry_at <= moment(), true)
      and not exists (select from failed where of = 'hour' and hour < ends_at and (hour >= period_start or (subject = 'agents' and is_new)))
      and not (grain = 'day' and exists (select from failed where of = 'day' and hour = period_start))
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

/** Sets a file aside that could not be published, until it is tried again. Answers how often it has failed. */
export async function setAsideFile(
  tx: Tx,
  account: string,
  { subject, period: { grain, start } }: DueFile,
): Promise<number> {
  const { rows } = await sql<{ tries: number }>`
    update unpublished_period set tries = tries + 1, failed_since = coalesce(failed_since, moment()),
      retry_at = moment() + make_interval(mins => ${retryMinutes('tries')})
    where account_id = ${account} and grain = ${grain} and period_start = ${start} and subject = ${subject}
    returning tries`.execute(tx.sql);
  return rows[0]?.tries ?? 1;
}

/** Accounts with periods that have ended and are not published as they stand. In the platform’s scope. */
export async function accountsToPublish(tx: ReadTx): Promise<string[]> {
  const { rows } = await sql<{ account_id: string }>`
    select distinct account_id from unpublished_period
    where ${endsAt} <= moment() and coalesce(retry_at <= moment(), true)`.execute(tx.sql);
  return rows.map(({ account_id: id }) => id);
}
