import type { Database } from '../../platform/database/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { nameOfPeriod, NotCounted, setAside, type CountedPeriod } from './counting/failed-hours.ts';
import { accountsBehind } from './counting/progress.ts';
import { rollUpAccount } from './counting/roll-up-account.ts';
import { takeTurn } from './counting/take-turn.ts';
import { accountsToPublish, setAsideFile } from './files/due-files.ts';
import { FileNotPublished, publishAccount } from './files/publish-account.ts';

interface Parts {
  readonly database: Database;
  readonly log: Log;
}

/** Brings the figures of every account up to date, and publishes what has closed. One that fails keeps no other from its turn. */
export async function rollUpAll({ database, log }: Parts): Promise<void> {
  for (const account of await database.read('platform', accountsBehind))
    try {
      await rollUp(database, account, (period, attempt, error) => {
        const code = nameOfPeriod(period);
        log.warn(`statistics-${period.grain}-not-counted`, { accountId: account, code, attempt }, error);
      });
    } catch (error) {
      // Its hours stay stale: the next round takes them.
      log.warn('statistics-not-rolled-up', { accountId: account }, error);
    }
  for (const account of await database.read('platform', accountsToPublish))
    try {
      await publish({ database, log }, account);
    } catch (error) {
      // Its periods stay unpublished: the next round takes them.
      log.warn('statistics-not-published', { accountId: account }, error);
    }
}

/**
 * Until the account is up to date, but for hours and days that cannot be counted: true; or somebody else is at it: false. `failed` is told
 * of each that is set aside, of how often it has failed, and why.
 */
export async function rollUp(
  database: Database,
  account: string,
  failed: (period: CountedPeriod, attempt: number, error: unknown) => void,
): Promise<boolean> {
  const known = new Set<string>();
  for (;;) {
    try {
      const isMore = await database.transaction(account, async (tx) => await rollUpAccount(tx, account));
      if (isMore !== true) return isMore === false;
    } catch (error) {
      // One that is set aside is left alone: should it fail nevertheless, this would never end.
      if (!(error instanceof NotCounted) || known.has(nameOfPeriod(error.period))) throw error;
      const { period, cause } = error;
      known.add(nameOfPeriod(period));
      const attempt = await database.transaction(account, async (tx) => {
        const { ours } = await takeTurn(tx, account);
        return ours ? await setAside(tx, account, period) : null;
      });
      // Whoever is at it comes upon it, too, or forgets its day.
      if (attempt === null) return false;
      failed(period, attempt, cause);
    }
  }
}

/** Until all that has closed is published, but for what cannot be, or somebody else is at it. */
async function publish({ database, log }: Parts, account: string): Promise<void> {
  let isMore: boolean | null = true;
  while (isMore === true)
    try {
      isMore = await database.transaction(account, async (tx) => await publishAccount(tx, account));
    } catch (error) {
      if (!(error instanceof FileNotPublished)) throw error;
      const { file, cause } = error;
      const attempt = await database.transaction(
        account,
        async (tx) => await setAsideFile(tx, account, file),
      );
      const code = `${file.subject}-${nameOfPeriod(file.period)}`;
      log.warn('statistics-file-not-published', { accountId: account, code, attempt }, cause);
    }
}
