import { randomUUID } from 'node:crypto';
import { ratingMinutes } from '@samtal/contract/conversations';
import type { StatisticsSubject } from '@samtal/contract/statistics';
import type { Tx } from '../../../platform/database/index.ts';
import { readSettings } from '../../settings/index.ts';
import { filePlace, type FilePeriod } from './file-place.ts';
import { readFileFigures, readMadeWith, renderFile, type RenderedFile } from './render-file.ts';
import { forgetDueFile, readDueFiles, type DueFile } from './due-files.ts';
import { readNewestFile, toStore } from './newest-files.ts';
import { takeTurn } from '../counting/take-turn.ts';

/** One transaction looks at no more files than this. */
const filesTogether = 60;

/** A file could not be made; `cause` is why. */
export class FileNotPublished extends Error {
  readonly file: DueFile;

  constructor(file: DueFile, cause: unknown) {
    super('A file could not be published', { cause });
    this.file = file;
  }
}

/*
 * counted ──ended and closed──▶ looked at: nothing to tell ──▶ no file
 *    ▲                                     never published ──▶ file
 *    │                                     published, and comes out the same ──▶ nothing
 *    └── a late fact: counted anew         published, and comes out different ──▶ correction
 */

/**
 * Publishes what has closed (I3): each file is rendered once and never written anew, and what comes out different later is a correction
 * of its own beside it. Killed anywhere, nothing has happened; done twice, nothing is published twice. Answers whether there is more to
 * do; null when somebody else is at it. Fails with FileNotPublished when a file cannot be made: once that is set aside, the others can.
 */
export async function publishAccount(tx: Tx, account: string): Promise<boolean | null> {
  if (!(await takeTurn(tx, account)).ours) return null;
  const settings = await readSettings(tx, account, null);
  const closes = settings['statistics.close-minutes'];
  const due = await readDueFiles(tx, account, {
    // A visitor may think better of a rating for a while: each change would be a correction.
    closeMinutes: (subject) => (subject === 'satisfaction' ? Math.max(closes, ratingMinutes + 1) : closes),
    atMost: filesTogether,
  });
  for (const file of due)
    try {
      await publishFile(tx, account, file);
      await forgetDueFile(tx, account, file);
    } catch (error) {
      throw new FileNotPublished(file, error);
    }
  return due.length === filesTogether;
}

async function publishFile(tx: Tx, account: string, { subject, period }: DueFile): Promise<void> {
  const figures = await readFileFigures(tx, account, { subject, period });
  const newest = await readNewestFile(tx, account, { subject, period });
  // Names and choices of now say nothing of whether the figures changed.
  if (newest !== null && (await renderFile(figures, newest.madeWith)).sha256.equals(newest.sha256)) return;
  const rendered = await renderFile(figures, await readMadeWith(tx, account, figures));
  // A period without data has no file (I3); one that turns out to have none is corrected by a header alone.
  if (newest === null && rendered.isEmpty) return;
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
