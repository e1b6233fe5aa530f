import { ratingMinutes, type Score } from '@samtal/contract/conversations';
import type { Tx } from '../../platform/database/index.ts';
import { recordFact } from '../../platform/facts/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { placeOf } from './conversation-facts.ts';
import { lastAgent } from './queries.ts';

/**
 * The visitor of a conversation that has ended says how it went (D7); what they say last holds. Refuses with not-found where it is not
 * theirs, and with conversations.not-ended, conversations.rating-not-asked and conversations.rating-too-late.
 */
export async function rateConversation(
  tx: Tx,
  fanout: Fanout,
  { accountId: account, visitorId }: { accountId: string; visitorId: string },
  { conversationId: id, score }: { conversationId: string; score: Score },
): Promise<void> {
  const conversation = found(
    await tx.sql
      .selectFrom('conversation')
      .selectAll()
      .where('account_id', '=', account)
      .where('id', '=', id)
      .where('visitor_id', '=', visitorId)
      .executeTakeFirst(),
  );
  if (conversation.resolved_at === null) throw new Refusal('conversations.not-ended');
  const rating = await tx.sql
    .selectFrom('rating')
    .select('score')
    .where('account_id', '=', account)
    .where('conversation_id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (rating === undefined) throw new Refusal('conversations.rating-not-asked');
  if (!mayBeRated(conversation.resolved_at)) throw new Refusal('conversations.rating-too-late');
  if (rating.score === score) return;
  await tx.sql
    .updateTable('rating')
    .set({ score })
    .where('account_id', '=', account)
    .where('conversation_id', '=', id)
    .execute();
  const { resolved_at: at, agent_id: agent } = conversation;
  const agentId = await lastAgent(tx, account, id);
  if (agentId !== null)
    recordFact(tx, account, {
      kind: 'rated',
      ...placeOf(conversation),
      agentId,
      at,
      rating: score,
    });
  if (agent === null) return;
  tx.afterCommit(() => fanout.announce({ kind: 'lists', account, lists: ['mine'], users: [agent] }));
}

/** Whether the visitor may still say how a conversation went that ended then. */
export function mayBeRated(resolvedAt: Date): boolean {
  return Date.now() - resolvedAt.getTime() <= ratingMinutes * 60_000;
}
