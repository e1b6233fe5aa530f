import type { ReadTx, Statement, Tx } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { DayKeys } from './activity-keys.ts';

const eraseSessionsFrom: Statement = {
  name: 'activity-log-erase-sessions-from',
  text: `
    delete from activity_session session
    where account_id = $1 and day = $2 and exists (
      select from activity_entry entry
      where entry.account_id = $1 and entry.day = $2 and entry.visitor_id = session.visitor_id
        and entry.address_index = $3
    )
    returning visitor_id`,
};
const eraseVisitors: Statement = {
  name: 'activity-log-erase-visitors',
  text: 'delete from activity_session where account_id = $1 and visitor_id = any($2::uuid[]) returning visitor_id',
};

/**
 * Erases every visitor session in which this address was seen (G8): its key, and with it all its entries. Backups lose it
 * with the key of its day, at most seven days later. Answers with how many sessions there were, a day counted as one.
 */
export async function eraseAddress(
  tx: Tx,
  keyring: Keyring,
  account: string,
  address: string,
): Promise<number> {
  const keys = new DayKeys(keyring);
  let erased = 0;
  for (const day of await keys.days(account)) {
    const indexOf = await keys.indexOf(account, day);
    erased += (await tx.run(eraseSessionsFrom, [account, day, indexOf(address)])).length;
  }
  return erased;
}

/** Erases what the log says of these visitor sessions. Answers with how many there were, a day counted as one. */
export async function eraseActivityOfVisitors(
  tx: Tx,
  account: string,
  visitorIds: readonly string[],
): Promise<number> {
  return (await tx.run(eraseVisitors, [account, visitorIds])).length;
}

/** Erases the reasons that were given for look-ups of these conversations. That they were made stays. */
export async function eraseLookUpReasons(
  tx: Tx,
  account: string,
  conversationIds: readonly string[],
): Promise<void> {
  await tx.sql
    .updateTable('activity_reading')
    .set({ reason: null })
    .where('account_id', '=', account)
    .where('conversation_id', '=', (eb) => eb.fn.any(eb.val([...conversationIds])))
    .execute();
}

/** How many visitor sessions, a day counted as one, would go with this address. */
export async function countSessionsFrom(
  tx: ReadTx,
  keyring: Keyring,
  account: string,
  address: string,
): Promise<number> {
  const keys = new DayKeys(keyring);
  let found = 0;
  for (const day of await keys.days(account)) {
    const indexOf = await keys.indexOf(account, day);
    const [row] = await tx.run<{ found: number }>(countFrom, [account, day, indexOf(address)]);
    found += row?.found ?? 0;
  }
  return found;
}

const countFrom: Statement = {
  name: 'activity-log-count-from',
  text: `
    select count(distinct visitor_id) as found from activity_entry
    where account_id = $1 and day = $2 and address_index = $3`,
};
