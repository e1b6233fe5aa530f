import { statisticsSubjects, type StatisticsSubject } from '@samtal/contract/statistics';
import { sql } from 'kysely';
import type { ReadTx } from '../../../platform/database/index.ts';
import type { FilePeriod } from './file-place.ts';

/** A published file, without its content. */
export interface StoredFile {
  readonly id: string;
  readonly grain: 'hour' | 'day';
  readonly periodStart: Date;
  readonly subject: StatisticsSubject;
  readonly correction: number;
  readonly folder: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: Buffer;
  readonly publishedAt: Date;
}

const storedColumns = [
  'id',
  'grain',
  'period_start as periodStart',
  'subject',
  'correction',
  'folder',
  'name',
  'size_bytes as sizeBytes',
  'sha256',
  'published_at as publishedAt',
] as const;

/** Published files, the newest period first; corrections follow what they correct. `after` is the folder and name of the last one before. */
export async function readFiles(
  tx: ReadTx,
  account: string,
  wanted: {
    readonly grain?: 'hour' | 'day';
    readonly subject?: StatisticsSubject;
    readonly from?: string;
    readonly to?: string;
    readonly after: FilePosition | null;
    readonly limit: number;
  },
): Promise<StoredFile[]> {
  const { grain, subject, from, to, after, limit } = wanted;
  const rows = await tx.sql
    .selectFrom('statistics_file')
    .select(storedColumns)
    .where('account_id', '=', account)
    .$if(grain !== undefined, (query) => query.where('grain', '=', grain ?? 'day'))
    .$if(subject !== undefined, (query) => query.where('subject', '=', subject ?? statisticsSubjects[0]))
    .$if(from !== undefined, (query) => query.where('period_start', '>=', new Date(from ?? 0)))
    .$if(to !== undefined, (query) => query.where('period_start', '<', new Date(to ?? 0)))
    .$if(after !== null, (query) =>
      query.where(
        sql<boolean>`(period_start, name) < (${after?.periodStart ?? null}::timestamptz, ${after?.name ?? null})`,
      ),
    )
    .orderBy('period_start', 'desc')
    .orderBy('name', 'desc')
    .limit(limit)
    .execute();
  return rows;
}

/** Where a list of files goes on. */
export interface FilePosition {
  readonly periodStart: string;
  readonly name: string;
}

export async function readFileContent(
  tx: ReadTx,
  account: string,
  fileId: string,
): Promise<{ name: string; content: Buffer } | null> {
  const row = await tx.sql
    .selectFrom('statistics_file')
    .select(['name', 'content'])
    .where('account_id', '=', account)
    .where('id', '=', fileId)
    .executeTakeFirst();
  return row ?? null;
}

/** The newest published bytes of a period and subject; null where there are none. */
export async function readPublished(
  tx: ReadTx,
  account: string,
  { subject, grain, start }: FilePeriod & { subject: StatisticsSubject },
): Promise<{ name: string; content: Buffer } | null> {
  const row = await tx.sql
    .selectFrom('statistics_file')
    .select(['name', 'content'])
    .where('account_id', '=', account)
    .where('grain', '=', grain)
    .where('period_start', '=', start)
    .where('subject', '=', subject)
    .orderBy('correction', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
