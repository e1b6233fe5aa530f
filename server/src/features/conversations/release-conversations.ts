import { attempt, type Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { isUnreadable } from '../../platform/keys/index.ts';
import { recordFact } from '../../platform/facts/index.ts';
import { placeOf, recordLeaving } from './conversation-facts.ts';
import type { Desk } from './desk.ts';
import { now } from './queries.ts';

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
    .selectAll()
    .where('account_id', '=', account)
    .where('agent_id', '=', userId)
    .where('state', 'in', ['offered', 'active'])
    .orderBy('id')
    .execute();
  for (const row of rows) {
    const to = { id: row.queue_id, name: row.queue_name };
    try {
      await attempt(
        tx,
        async (part) => await desk.queue(part, account, row.id, { to, by: { kind: 'system' }, note: null }),
      );
    } catch (error) {
      if (!isUnreadable(error) && !(error instanceof Refusal)) throw error;
      // Nothing can be written to it any more, or it has gone to somebody else. Neither may keep anybody in.
      const released = await tx.sql
        .updateTable('conversation')
        .set({ state: 'waiting', agent_id: null, offer_until: null, joined_at: null })
        .$if(row.waiting_since === null, (update) => update.set({ waiting_since: now }))
        .where('account_id', '=', account)
        .where('id', '=', row.id)
        .where('agent_id', '=', userId)
        .where('state', 'in', ['offered', 'active'])
        .executeTakeFirst();
      if (released.numUpdatedRows === 0n) continue;
      await recordLeaving(tx, row, 'transferred');
      if (row.waiting_since === null)
        recordFact(tx, account, { kind: 'queued', ...placeOf(row), outcome: 'returned' });
    }
  }
}
