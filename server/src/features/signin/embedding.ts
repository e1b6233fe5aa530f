import type { ReadTx } from '../../platform/database/index.ts';
import { readSettings } from '../settings/index.ts';

/** Whether something is the id of an account, or could be. */
export function isId(said: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(said);
}

/** Whether the account lets any page have the console in a frame (C10): sessions of frames end when it does not. */
export async function mayBeEmbedded(tx: ReadTx, accountId: string): Promise<boolean> {
  return (await framersOf(tx, accountId)).length > 0;
}

/** The origins of pages that may have the console in a frame for an account; none where there is no such account. */
export async function framersOf(tx: ReadTx, accountId: string): Promise<readonly string[]> {
  if (!isId(accountId)) return [];
  const account = await tx.sql
    .selectFrom('account')
    .select('id')
    .where('id', '=', accountId)
    .where('status', '=', 'active')
    .executeTakeFirst();
  return account === undefined ? [] : (await readSettings(tx, accountId))['embedding.origins'];
}
