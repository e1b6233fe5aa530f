import { createHash } from 'node:crypto';
import { subjects, type FiguresQuery, type StatisticsSubject } from '@samtal/contract/statistics';
import type { ReadTx } from '../../../platform/database/index.ts';
import type { BaseRow } from '../reading/base-row.ts';
import { readBaseRows } from '../reading/base-rows.ts';
import { coveredAgents } from '../reading/covered-agents.ts';
import { endOfPeriod, type FilePeriod } from './file-place.ts';
import { judgePeriod } from '../reading/period.ts';
import { dimensionsOf, presentRows, type MadeWith } from '../reading/present-rows.ts';
import { readNames } from '../reading/read-names.ts';
import { readParameters } from '../reading/read-parameters.ts';
import { writeCsv } from '../reading/write-csv.ts';

/** A file as its bytes, and what they were made with. */
export interface RenderedFile {
  readonly content: Buffer;
  readonly sha256: Buffer;
  readonly madeWith: MadeWith;
  /** There is nothing but a header. */
  readonly isEmpty: boolean;
}

/** What a period of the whole account comes to, before it is written down. */
export interface FileFigures {
  readonly subject: StatisticsSubject;
  readonly query: FiguresQuery;
  readonly rows: readonly BaseRow[];
}

/** What a file of this period is made of: all of the account, by what the subject is told apart by. */
export async function readFileFigures(
  tx: ReadTx,
  account: string,
  { subject, period }: { subject: StatisticsSubject; period: FilePeriod },
): Promise<FileFigures> {
  const query = {
    from: period.start.toISOString(),
    to: endOfPeriod(period).toISOString(),
    grain: period.grain,
  };
  const rows = await readBaseRows(tx, account, {
    subject,
    period: judgePeriod(subject, query),
    scopes: [{}],
    covered: await coveredAgents(tx, account, [{}]),
    only: {},
    atMost: Number.POSITIVE_INFINITY,
  });
  return { subject, query, rows };
}

/** The names and choices of now. */
export async function readMadeWith(tx: ReadTx, account: string, { rows }: FileFigures): Promise<MadeWith> {
  return { names: await readNames(tx, account, rows), parameters: await readParameters(tx, account) };
}

/** The bytes of a file. The same figures made with the same are the same bytes. */
export async function renderFile(
  { subject, query, rows }: FileFigures,
  madeWith: MadeWith,
): Promise<RenderedFile> {
  const presented = await presentRows(rows, { subject, query, madeWith });
  const { version } = subjects[subject];
  const lines = writeCsv({ subject, version, rows: presented }, dimensionsOf(subject, query.by));
  const content = Buffer.from([...lines].join(''));
  const sha256 = createHash('sha256').update(content).digest();
  return { content, sha256, madeWith, isEmpty: presented.length === 0 };
}
