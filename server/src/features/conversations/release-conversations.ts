import type { Tx } from '../../platform/database/index.ts';
import type { Desk } from './desk.ts';

/** Puts everything that is with an agent who leaves back into its queue. */
export async function releaseConversations(
  tx: Tx,
  desk: Desk,
  account: string,
  userId: string,
): Promise<void> {
  // Routing gives them nothing more from here on.
  await tx.sql
    .selectFrom('membership')
    .select('user_id')
    .where('account_id', '=', account)
    .where('user_id', '=', userId)
    .forUpdate()
    .execute();
  const rows = await tx.sql
    .selectFrom('conversation')
    .select(['id', 'queue_id', 'queue_name'])
    .where('account_id', '=', account)
    .where('agent_id', '=', userId)
    .where('state', 'in', ['offered', 'active'])
    .orderBy('id')
    .execute();
  for (const { id, queue_id, queue_name } of rows) {
    await desk.queue(tx, account, id, {
      to: { id: queue_id, name: queue_name },
      by: { kind: 'system' },
      note: null,
    });
  }
}
