import { settings } from '@samtal/contract/settings';
import { sql, type RawBuilder } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import { readSettings } from '../settings/index.ts';

/** Whether something is the id of an account, or could be. */
export function isId(said: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(said);
}

/**
 * SQL: whether the account lets any page have the console in a frame. Sessions of frames, and what stands on them, end when it
 * does not. In the platform’s scope.
 */
export function embeddable(accountId: RawBuilder<string>): RawBuilder<boolean> {
  const unset = sql.lit(JSON.stringify(settings['embedding.origins'].default));
  return sql<boolean>`exists (select from account where account.id = ${accountId} and account.status = 'active'
    and jsonb_array_length(coalesce(settings_of_account(account.id) -> 'embedding.origins', ${unset}::jsonb)) > 0)`;
}

/** Whether the account lets any page have the console in a frame (C10). */
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
