import type { TicketAlgorithm } from '@samtal/contract/tickets';
import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';

export interface StoredTicketKey {
  readonly id: string;
  readonly siteId: string;
  readonly kid: string;
  readonly algorithm: TicketAlgorithm;
  readonly jwk: Record<string, string>;
  readonly createdAt: Date;
  readonly endsAt: Date | null;
  readonly lastUsedOn: string | null;
}

/** The keys of a site, the newest first. */
export async function readTicketKeys(
  tx: ReadTx,
  accountId: string,
  siteId: string,
): Promise<StoredTicketKey[]> {
  return await tx.sql
    .selectFrom('ticket_key')
    .select([
      'id',
      'site_id as siteId',
      'kid',
      'algorithm',
      'jwk',
      'created_at as createdAt',
      'ends_at as endsAt',
      sql<string | null>`to_char(last_used_on, 'YYYY-MM-DD')`.as('lastUsedOn'),
    ])
    .where('account_id', '=', accountId)
    .where('site_id', '=', siteId)
    .orderBy('created_at', 'desc')
    .orderBy('kid')
    .execute();
}

/** The day alone: when exactly says nothing more about whether the key is still needed. */
export async function noteTicketKeyUse(tx: Tx, accountId: string, keyId: string): Promise<void> {
  const today = sql<string>`(now() at time zone 'UTC')::date`;
  await tx.sql
    .updateTable('ticket_key')
    .set({ last_used_on: today })
    .where('account_id', '=', accountId)
    .where('id', '=', keyId)
    .where('last_used_on', 'is distinct from', today)
    .execute();
}

/** How many keys that still count have been there since then, for all sites. */
export async function countTicketKeysFrom(tx: ReadTx, accountId: string, before: Date): Promise<number> {
  const { count } = await tx.sql
    .selectFrom('ticket_key')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('account_id', '=', accountId)
    .where('created_at', '<', before)
    .where('ends_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}
