import type { Database } from '../../platform/database/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { accountsBehind } from './queries.ts';
import { rollUpAccount } from './roll-up-account.ts';

/** Brings the figures of every account up to date. One that fails keeps no other from its turn. */
export async function rollUpAll({ database, log }: { database: Database; log: Log }): Promise<void> {
  for (const account of await database.read('platform', accountsBehind))
    try {
      await rollUp(database, account);
    } catch (error) {
      // Its hours stay stale: the next round takes them.
      log.warn('statistics-not-rolled-up', { accountId: account }, error);
    }
}

/** Until the account is up to date, or somebody else is at it. */
export async function rollUp(database: Database, account: string): Promise<void> {
  let isMore: boolean | null;
  do isMore = await database.transaction(account, async (tx) => await rollUpAccount(tx, account));
  while (isMore === true);
}
