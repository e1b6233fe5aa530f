import type { StatisticsSubject } from '@samtal/contract/statistics';
import { sql } from 'kysely';
import type { ReadTx } from '../../../platform/database/index.ts';
import type { MadeWith } from '../reading/present-rows.ts';
import type { FilePeriod } from './file-place.ts';

/** What the newest file of a period and subject says, and what it was made with. */
export interface NewestFile {
  readonly correction: number;
  readonly sha256: Buffer;
  readonly madeWith: MadeWith;
}

export async function readNewestFile(
  tx: ReadTx,
  account: string,
  { subject, period: { grain, start } }: { subject: StatisticsSubject; period: FilePeriod },
): Promise<NewestFile | null> {
  const row = await tx.sql
    .selectFrom('statistics_file')
    .select(['correction', 'sha256', 'made_with'])
    .where('account_id', '=', account)
    .where('grain', '=', grain)
    .where('period_start', '=', start)
    .where('subject', '=', subject)
    .orderBy('correction', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { correction: row.correction, sha256: row.sha256, madeWith: fromStore(row.made_with) };
}

interface StoredMadeWith {
  readonly names: Readonly<Record<string, string>>;
  readonly parameters: MadeWith['parameters'];
}

function fromStore({ names, parameters }: StoredMadeWith): MadeWith {
  return { names: new Map(Object.entries(names)), parameters };
}

/** As it stands in the database, in JSON. */
export function toStore({ names, parameters }: MadeWith): string {
  return JSON.stringify({ names: Object.fromEntries(names), parameters });
}

/** The newest file of a period and subject, whole. */
export interface NewestFileOfPeriod extends NewestFile {
  readonly subject: StatisticsSubject;
  readonly period: FilePeriod;
  readonly path: string;
  readonly content: Buffer;
  /** Where it stands among them, to go on from. */
  readonly position: string;
}

/** The newest file of each period and subject, in a fixed order, so many of them. */
export async function readNewestFiles(
  tx: ReadTx,
  account: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<NewestFileOfPeriod[]> {
  const { rows } = await sql<{
    grain: 'hour' | 'day';
    start: Date;
    subject: StatisticsSubject;
    correction: number;
    path: string;
    position: string;
    content: Buffer;
    sha256: Buffer;
    made_with: StoredMadeWith;
  }>`
    select grain, period_start as start, subject, correction, folder || '/' || name as path, position, content, sha256, made_with
    from statistics_file f
    cross join lateral (
      select to_char(period_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24') || grain || subject as position
    ) place
    where account_id = ${account} and (${after}::text is null or position collate "C" > ${after})
      and correction = (
        select max(correction) from statistics_file newer
        where newer.account_id = f.account_id and newer.grain = f.grain and newer.period_start = f.period_start
          and newer.subject = f.subject)
    order by position collate "C"
    limit ${limit}`.execute(tx.sql);
  return rows.map(({ grain, start, made_with: madeWith, ...row }) => ({
    ...row,
    period: { grain, start },
    madeWith: fromStore(madeWith),
  }));
}
