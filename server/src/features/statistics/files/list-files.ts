import type { listStatisticsFiles, StatisticsFile } from '@samtal/contract/statistics';
import type { QueryOf, ResponseOf } from '@samtal/contract/endpoint';
import type { ReadTx } from '../../../platform/database/index.ts';
import { Refusal } from '../../../platform/http/index.ts';
import { endOfPeriod } from './file-place.ts';
import { readFiles, type FilePosition, type StoredFile } from './stored-files.ts';

type Query = QueryOf<typeof listStatisticsFiles>;

/** A page of the published files. */
export async function listFiles(
  tx: ReadTx,
  account: string,
  { cursor, limit = 50, ...filter }: Query,
): Promise<ResponseOf<typeof listStatisticsFiles>> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const rows = await readFiles(tx, account, { ...filter, after, limit: limit + 1 });
  const items = rows.slice(0, limit).map(presentFile);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items, next: last === undefined ? null : writeCursor(last) };
}

function presentFile(file: StoredFile): StatisticsFile {
  const { id, subject, grain, periodStart, correction, folder, name, sizeBytes, sha256, publishedAt } = file;
  return {
    id,
    subject,
    grain,
    periodStart: periodStart.toISOString(),
    periodEnd: endOfPeriod({ grain, start: periodStart }).toISOString(),
    correction,
    path: `${folder}/${name}`,
    sizeBytes,
    sha256: sha256.toString('hex'),
    publishedAt: publishedAt.toISOString(),
  };
}

function writeCursor({ periodStart, name }: StoredFile): string {
  return Buffer.from(`${periodStart.toISOString()} ${name}`).toString('base64url');
}

function readCursor(cursor: string): FilePosition {
  const [periodStart = '', name = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  if (/^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/.test(periodStart) && /^[\w.-]{1,80}$/.test(name))
    return { periodStart, name };
  throw new Refusal('request.invalid', {
    fields: [{ pointer: '/query/cursor', problem: 'is not a cursor of this list' }],
  });
}
