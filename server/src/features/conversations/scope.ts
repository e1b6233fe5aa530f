import type { ReadTx } from '../../platform/database/index.ts';
import type { Scope } from '@samtal/contract/access';
import { withinScopes } from '../access/index.ts';

/** Conversations of the account that lie within the scopes. Their units are those of the queue (B2). */
export function conversationsWithin(tx: ReadTx, account: string, scopes: readonly Scope[]) {
  return tx.sql
    .selectFrom('conversation')
    .leftJoin('queue', (join) =>
      join
        .onRef('queue.account_id', '=', 'conversation.account_id')
        .onRef('queue.id', '=', 'conversation.queue_id'),
    )
    .selectAll('conversation')
    .where('conversation.account_id', '=', account)
    .where(conversationIn(scopes));
}

/** Whether a conversation lies in one of the scopes; its queue must be joined. */
export function conversationIn(scopes: readonly Scope[]) {
  return withinScopes(scopes, {
    units: 'queue.units',
    queue: 'conversation.queue_id',
    site: 'conversation.site_id',
  });
}

export async function isWithin(
  tx: ReadTx,
  account: string,
  id: string,
  scopes: readonly Scope[],
): Promise<boolean> {
  if (scopes.length === 0) return false;
  const row = await conversationsWithin(tx, account, scopes)
    .where('conversation.id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}
