import type { Database } from '../../platform/database/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { publishAccount } from './files/publish-account.ts';
import { accountsBehind } from './counting/queries.ts';
import { rollUpAccount } from './counting/roll-up-account.ts';
import { accountsToPublish } from './files/due-files.ts';

interface Parts {
  readonly database: Database;
  readonly log: Log;
}

/** Brings the figures of every account up to date, and publishes what has closed. One that fails keeps no other from its turn. */
export async function rollUpAll({ database, log }: Parts): Promise<void> {
  for (const account of await database.read('platform', accountsBehind))
    try {
      await rollUp(database, account);
    } catch (error) {
      // Its hours stay stale: the next round takes them.
      log.warn('statistics-not-rolled-up', { accountId: account }, error);
    }
  for (const account of await database.read('platform', accountsToPublish))
    try {
      await publish(database, account);
    } catch (error) {
      // Its periods stay unpublished: the next round takes them.
      log.warn('statistics-not-published', { accountId: account }, error);
    }
}

/** Until the account is up to date: true; or somebody else is at it. */
export async function rollUp(database: Database, account: string): Promise<boolean> {
  let isMore: boolean | null;
  do isMore = await database.transaction(account, async (tx) => await rollUpAccount(tx, account));
  while (isMore === true);
  return isMore === false;
}

/** Until all that has closed is published, or somebody else is at it. */
async function publish(database: Database, account: string): Promise<void> {
  let isMore: boolean | null;
  do isMore = await database.transaction(account, async (tx) => await publishAccount(tx, account));
  while (isMore === true);
}
