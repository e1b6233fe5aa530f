import type { Database, Statement, Tx } from '../../platform/database/index.ts';
import type { ConversationKeys, Keyring } from '../../platform/keys/index.ts';
import { readSettings } from '../settings/index.ts';
import { firstKeptDay } from './activity.ts';
import { DayKeys } from './activity-keys.ts';

/** What one transaction deletes at most. */
const batchSize = 5_000;

const readDueDays: Statement = {
  name: 'activity-log-read-due-days',
  text: 'select distinct day::text as day from activity_session where account_id = $1 and day < $2',
};
const deleteSessions: Statement = {
  name: 'activity-log-delete-sessions',
  text: `
    delete from activity_session where account_id = $1 and day = $2 and visitor_id in (
      select visitor_id from activity_session where account_id = $1 and day = $2 limit ${batchSize}
    ) returning visitor_id`,
};
const deleteReadings: Statement = {
  name: 'activity-log-delete-readings',
  text: 'delete from activity_reading where account_id = $1 and at < $2 returning id',
};

export interface DropParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly keys: ConversationKeys;
  /** Told in each transaction how many visitor sessions it deletes, so that the deletion log says so too. */
  readonly deleting: (tx: Tx, account: string, sessions: number) => Promise<void>;
}

/**
 * Drops the days of an account that are past their time (G7, G10): first the key, so that nothing of the day can be read
 * from this moment on, here or in any copy, and then the rows. Whoever is interrupted goes on the next time. Answers with
 * how many visitor sessions went.
 */
export async function dropExpiredActivity(
  { database, keyring, keys, deleting }: DropParts,
  account: string,
  now: Date = new Date(),
): Promise<{ days: number; sessions: number; readings: number }> {
  const dayKeys = new DayKeys(keyring);
  const settings = await database.read(account, async (tx) => await readSettings(tx, account));
  const first = firstKeptDay(now, settings['retention.activity-log-days']);
  const due = await database.read(
    account,
    async (tx) => await tx.run<{ day: string }>(readDueDays, [account, first]),
  );
  const days = new Set(due.map(({ day }) => day));
  for (const day of await dayKeys.days(account)) if (day < first) days.add(day);
  let sessions = 0;
  for (const day of [...days].toSorted()) {
    await dayKeys.destroy(account, day);
    keys.announceDestroyed(account);
    for (let deleted = batchSize; deleted === batchSize;) {
      deleted = await database.transaction(account, async (tx) => {
        const { length } = await tx.run(deleteSessions, [account, day]);
        if (length > 0) await deleting(tx, account, length);
        return length;
      });
      sessions += deleted;
    }
  }
  const since = new Date(now.getTime() - settings['retention.audit-days'] * 24 * 60 * 60_000);
  const readings = await database.transaction(
    account,
    async (tx) => (await tx.run(deleteReadings, [account, since])).length,
  );
  return { days: days.size, sessions, readings };
}
