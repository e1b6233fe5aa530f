import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database, ReadTx, Tx } from '../../platform/database/index.ts';
import { nameOfPeriod, retryFailed, type CountedPeriod } from './counting/failed-hours.ts';
import { readFileFigures, renderFile } from './files/render-file.ts';
import { rollUp } from './roll-up-all.ts';
import { readNewestFiles, type NewestFileOfPeriod } from './files/newest-files.ts';

/** What came of counting everything anew. */
export interface Rebuilt {
  /** Hours that have facts, each counted anew. */
  readonly hours: number;
  /** Figures of what was over that came out different, and were replaced. */
  readonly changedFigures: number;
  /** Files that were written anew from figures, and compared to the last byte: of each hour or day and subject, the newest. */
  readonly files: number;
  /** Where those lie that differ from what their facts say, or from their own checksum. */
  readonly different: readonly string[];
  /**
   * Hours that cannot be counted, as their beginning (2026-11-25T09), and days that cannot be put together (2026-11-25): what is said of files
   * that have to do with them is said of what was counted last.
   */
  readonly failed: readonly string[];
}

/** Files that are rendered with one look at the database. */
const filesTogether = 100;

/**
 * Counts the figures of an account anew from its facts, and proves that what was published is what comes out. Files are not touched:
 * where figures came out different, the next publication corrects them. Can be done while the platform runs.
 */
export async function rebuildStatistics(database: Database, account: string): Promise<Rebuilt> {
  const { hours, since } = await database.transaction(
    account,
    async (tx) => await makeEverythingStale(tx, account),
  );
  // Whoever else is at it may have begun before: only a turn of our own that leaves nothing to do has seen all of it.
  const failed = new Set<string>();
  const note = (period: CountedPeriod) => void failed.add(nameOfPeriod(period));
  while (!(await rollUp(database, account, note))) await sleep(500);
  const changedFigures = await database.read(account, async (tx) => await countChanged(tx, account, since));
  let files = 0;
  const different: string[] = [];
  let after: string | null = null;
  do {
    const some: NewestFileOfPeriod[] = await database.read(account, async (tx) => {
      const newest = await readNewestFiles(tx, account, { after, limit: filesTogether });
      for (const file of newest) if (!(await isProven(tx, account, file))) different.push(file.path);
      return newest;
    });
    files += some.length;
    after = some.length < filesTogether ? null : (some.at(-1)?.position ?? null);
  } while (after !== null);
  return { hours, changedFigures, files, different, failed: [...failed].toSorted() };
}

async function isProven(tx: ReadTx, account: string, file: NewestFileOfPeriod): Promise<boolean> {
  const figures = await readFileFigures(tx, account, file);
  const rendered = await renderFile(figures, file.madeWith);
  return rendered !== null && rendered.content.equals(file.content) && rendered.sha256.equals(file.sha256);
}

async function makeEverythingStale(tx: Tx, account: string): Promise<{ hours: number; since: Date }> {
  await retryFailed(tx, account);
  const { rows } = await sql<{ hours: number; since: Date }>`
    with made as (
      insert into stale_hour (account_id, hour)
      select distinct account_id, date_trunc('hour', at, 'UTC') from fact where account_id = ${account}
        and at >= coalesce((select kept_since from rolled_up where account_id = ${account}), '-infinity')
      returning hour
    )
    select count(*)::integer as hours, moment() as since from made`.execute(tx.sql);
  return rows[0] ?? { hours: 0, since: new Date() };
}

/** Figures of hours and days that were over by then, and that say something else since. */
async function countChanged(tx: ReadTx, account: string, since: Date): Promise<number> {
  const { rows } = await sql<{ changed: number }>`
    select count(*)::integer as changed from figure
    where account_id = ${account} and changed_at >= ${since}
      and period_start + case grain when 'hour' then interval '1 hour' else interval '24 hours' end <= ${since}`.execute(
    tx.sql,
  );
  return rows[0]?.changed ?? 0;
}
