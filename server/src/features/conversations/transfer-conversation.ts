import type { Tx } from '../../platform/database/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { membersHolding } from '../access/index.ts';
import type { MaskedText } from '../masking/index.ts';
import { byMember } from './by-member.ts';
import type { Desk } from './desk.ts';
import type { ConversationRow } from './queries.ts';
import { isWithin } from './scope.ts';

export type Transfer = { readonly conversationId: string; readonly note?: MaskedText } & (
  | { readonly queueId: string }
  | { readonly agentId: string }
);

/** Hands a conversation over to a queue, or to an agent who is there to take it. */
export async function transferConversation(
  tx: Tx,
  desk: Desk,
  by: Member,
  transfer: Transfer,
): Promise<ConversationRow> {
  const { accountId: account } = by;
  const more = { by: byMember(by), note: transfer.note ?? null };
  if ('queueId' in transfer) {
    const queue = found(
      await tx.sql
        .selectFrom('queue')
        .select(['id', 'name'])
        .where('account_id', '=', account)
        .where('id', '=', transfer.queueId)
        .executeTakeFirst(),
    );
    return await desk.queue(tx, account, transfer.conversationId, { to: queue, ...more });
  }
  const agent = found(
    await tx.sql
      .selectFrom('membership')
      .leftJoin('agent_presence', (join) =>
        join
          .onRef('agent_presence.account_id', '=', 'membership.account_id')
          .onRef('agent_presence.user_id', '=', 'membership.user_id'),
      )
      .select([
        'membership.user_id',
        'membership.status',
        'agent_presence.choice',
        'agent_presence.connected_until',
      ])
      .where('membership.account_id', '=', account)
      .where('membership.user_id', '=', transfer.agentId)
      .executeTakeFirst(),
  );
  const there =
    agent.choice === 'available' && agent.connected_until !== null && agent.connected_until > new Date();
  const scopes = (await membersHolding(tx, account, 'conversations.handle')).get(agent.user_id) ?? [];
  const within = await isWithin(tx, account, transfer.conversationId, scopes);
  if (agent.user_id === by.userId || agent.status !== 'active' || !there || !within) {
    throw new Refusal('conversations.nobody-there');
  }
  const seconds = await offerSeconds(tx, account, transfer.conversationId);
  return await desk.handOver(tx, account, transfer.conversationId, {
    to: { userId: agent.user_id, seconds },
    ...more,
  });
}

async function offerSeconds(tx: Tx, account: string, conversationId: string): Promise<number> {
  const queue = await tx.sql
    .selectFrom('conversation')
    .innerJoin('queue', (join) =>
      join
        .onRef('queue.account_id', '=', 'conversation.account_id')
        .onRef('queue.id', '=', 'conversation.queue_id'),
    )
    .select('queue.offer_seconds')
    .where('conversation.account_id', '=', account)
    .where('conversation.id', '=', conversationId)
    .executeTakeFirst();
  return queue?.offer_seconds ?? 30;
}
