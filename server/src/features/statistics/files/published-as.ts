import type { FiguresQuery, StatisticsSubject } from '@samtal/contract/statistics';
import type { ReadTx } from '../../../platform/database/index.ts';
import { endOfPeriod } from './file-place.ts';
import { readPublished } from './stored-files.ts';

/** The published file that holds exactly what is asked for: one hour or day of the whole account, told apart as files are; else null. */
export async function publishedAs(
  tx: ReadTx,
  account: string,
  { subject, query }: { subject: StatisticsSubject; query: FiguresQuery },
): Promise<{ name: string; content: Buffer } | null> {
  const { from, to, grain, by, queueId, siteId, agentId } = query;
  if (grain === 'total' || [by, queueId, siteId, agentId].some((each) => each !== undefined)) return null;
  const period = { grain, start: new Date(from) };
  if (endOfPeriod(period).getTime() !== Date.parse(to)) return null;
  return await readPublished(tx, account, { subject, ...period });
}
