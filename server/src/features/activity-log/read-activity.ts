import type { ReadTx } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { readSettings } from '../settings/index.ts';
import { firstKeptDay, type ActivityEntry } from './activity.ts';
import { DayKeys } from './activity-keys.ts';
import { readDays, type Wanted } from './queries.ts';

/**
 * What the log still says, in the order in which it happened. Days past their time are not read, whether or not they have
 * been dropped already.
 */
export async function readActivity(
  tx: ReadTx,
  keyring: Keyring,
  account: string,
  wanted: Wanted,
): Promise<ActivityEntry[]> {
  const keys = new DayKeys(keyring);
  return await readDays(tx, keys, account, { days: await keptDaysOf(tx, keys, account), wanted });
}

/** The days whose time has not passed, oldest first. */
export async function keptDaysOf(tx: ReadTx, keys: DayKeys, account: string): Promise<string[]> {
  const { 'retention.activity-log-days': keptDays } = await readSettings(tx, account);
  const first = firstKeptDay(new Date(), keptDays);
  return (await keys.days(account)).filter((day) => day >= first);
}

/** What the log still says of the visitor session that had this conversation: for subject access (G8). */
export async function activityOfConversation(
  tx: ReadTx,
  keyring: Keyring,
  account: string,
  conversation: { readonly visitor_id: string },
): Promise<ActivityEntry[]> {
  return await readActivity(tx, keyring, account, { visitorId: conversation.visitor_id });
}
