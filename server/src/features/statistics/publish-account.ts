import { randomUUID } from 'node:crypto';
import { statisticsSubjects, type StatisticsSubject } from '@samtal/contract/statistics';
import type { Tx } from '../../platform/database/index.ts';
import { readSettings } from '../settings/index.ts';
import { filePlace, type FilePeriod } from './file-place.ts';
import { readFileFigures, readMadeWith, renderFile, type RenderedFile } from './render-file.ts';
import { forgetPeriods, readDuePeriods, readNewestFile, toStore } from './statistics-files.ts';
import { takeTurn } from './take-turn.ts';

/** One transaction publishes at most so many periods. */
const periodsTogether = 24;

/*
 * counted ──ended and closed──▶ looked at: nothing to tell ──▶ no file
 *    ▲                                     never published ──▶ file
 *    │                                     published, and comes out the same ──▶ nothing
 *    └── a late fact: counted anew         published, and comes out different ──▶ correction
 */

/**
 * Publishes what has closed (I3): each file is rendered once and never written anew, and what comes out different later is a correction
 * of its own beside it. Killed anywhere, nothing has happened; done twice, nothing is published twice. Answers whether there is more to
 * do; null when somebody else is at it.
 */
export async function publishAccount(tx: Tx, account: string): Promise<boolean | null> {
  if (!(await takeTurn(tx, account)).ours) return null;
  const settings = await readSettings(tx, account, null);
  const closeMinutes = settings['statistics.close-minutes'];
  const due = await readDuePeriods(tx, account, { closeMinutes, atMost: periodsTogether });
  for (const period of due)
    for (const subject of statisticsSubjects) await publishFile(tx, account, { subject, period });
  await forgetPeriods(tx, account, due);
  return due.length === periodsTogether;
}

async function publishFile(
  tx: Tx,
  account: string,
  { subject, period }: { subject: StatisticsSubject; period: FilePeriod },
): Promise<void> {
  const figures = await readFileFigures(tx, account, { subject, period });
  const newest = await readNewestFile(tx, account, { subject, period });
  // Names and choices of now say nothing of whether the figures changed.
  if (newest !== null && renderFile(figures, newest.madeWith)?.sha256.equals(newest.sha256) === true) return;
  const rendered = renderFile(figures, await readMadeWith(tx, account, figures));
  if (rendered === null) return;
  const correction = newest === null ? 0 : newest.correction + 1;
  await storeFile(tx, account, { subject, period, correction, rendered });
}

async function storeFile(
  tx: Tx,
  account: string,
  {
    subject,
    period,
    correction,
    rendered: { content, sha256, madeWith },
  }: { subject: StatisticsSubject; period: FilePeriod; correction: number; rendered: RenderedFile },
): Promise<void> {
  await tx.sql
    .insertInto('statistics_file')
    .values({
      account_id: account,
      id: randomUUID(),
      grain: period.grain,
      period_start: period.start,
      subject,
      correction,
      ...filePlace(period, { subject, correction }),
      content,
      size_bytes: content.length,
      sha256,
      made_with: toStore(madeWith),
    })
    .execute();
}
