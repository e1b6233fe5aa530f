import type { Database } from '../../platform/database/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { readSettings } from '../settings/index.ts';
import { accountsWithOriginals, channelsWithOriginals, countDueOriginals } from './queries.ts';

/** The job runs every minute: so late is worth a warning, since something holds it up. */
const lateMs = 10 * 60_000;

/** Says how late redaction is, with counts, and warns when it is too late (G2). */
export async function measureRedactionLag(
  { database }: { database: Database },
  log: Log,
  now = Date.now(),
): Promise<void> {
  for (const accountId of await accountsWithOriginals(database)) {
    const all = await database.read(accountId, async (tx) => {
      const counts = [];
      for (const channelId of await channelsWithOriginals(tx, accountId)) {
        const settings = await readSettings(tx, accountId, channelId);
        counts.push(await countDueOriginals(tx, accountId, { channelId, settings }));
      }
      return counts;
    });
    const lagMs = Math.max(0, ...all.map(({ oldest }) => (oldest === null ? 0 : now - oldest.getTime())));
    const fields = { accountId, lagMs, count: all.reduce((sum, { due }) => sum + due, 0) };
    log.info('redaction-lag', fields);
    if (lagMs > lateMs) log.warn('redaction-late', fields);
  }
}
