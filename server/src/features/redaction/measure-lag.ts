import type { Database, ReadTx } from '../../platform/database/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { readSettings } from '../settings/index.ts';
import { accountsWithOriginals, channelsWithOriginals, countDueOriginals } from './queries.ts';

/** The job runs every minute: so late is worth a warning, since something holds it up. */
export const lateMinutes = 10;

/** Says how late redaction is, with counts, and warns when it is too late (G2). */
export async function measureRedactionLag(
  { database }: { database: Database },
  log: Log,
  now = Date.now(),
): Promise<void> {
  for (const accountId of await accountsWithOriginals(database)) {
    const { due, oldest } = await database.read(
      accountId,
      async (tx) => await readDueRedaction(tx, accountId),
    );
    const lagMs = oldest === null ? 0 : Math.max(0, now - oldest.getTime());
    const fields = { accountId, lagMs, count: due };
    log.info('redaction-lag', fields);
    if (lagMs > lateMinutes * 60_000) log.warn('redaction-late', fields);
  }
}

/** How many texts of an account are due to be redacted and are not yet, and since when the one that has waited longest. */
export async function readDueRedaction(
  tx: ReadTx,
  account: string,
): Promise<{ due: number; oldest: Date | null }> {
  let due = 0;
  let oldest: Date | null = null;
  for (const channelId of await channelsWithOriginals(tx, account)) {
    const settings = await readSettings(tx, account, channelId);
    const counted = await countDueOriginals(tx, account, { channelId, settings });
    due += counted.due;
    if (counted.oldest !== null && (oldest === null || counted.oldest < oldest)) oldest = counted.oldest;
  }
  return { due, oldest };
}
