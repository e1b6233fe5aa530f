import type { Tx } from '../../platform/database/index.ts';
import { recordFact } from '../../platform/facts/index.ts';
import { messagesOf } from './conversation-counts.ts';
import type { ConversationRow } from './queries.ts';

/** Where something happened, as facts say it: a conversation by the id that only facts have of it. */
export function placeOf({ fact_id: factId, queue_id: queueId, site_id: siteId }: ConversationRow) {
  return { conversationId: factId, queueId, siteId };
}

/** Tells that the agent who had a conversation has it no more. Nothing where nobody had it. */
export async function recordLeaving(
  tx: Tx,
  before: ConversationRow,
  outcome: 'transferred' | 'resolved',
): Promise<void> {
  if (before.state !== 'active' || before.agent_id === null || before.joined_at === null) return;
  const handling = { agentId: before.agent_id, since: before.joined_at };
  const counts = { messages: await messagesOf(tx, before, handling) };
  recordFact(tx, before.account_id, { kind: 'left', ...placeOf(before), ...handling, outcome, counts });
}

/** Tells that a conversation waits for its first agent no more without having got one. Nothing where it did not wait. */
export function recordUnanswered(
  tx: Tx,
  before: ConversationRow,
  how: 'abandoned' | 'transferred' | 'ended',
): void {
  if (before.waiting_since === null) return;
  const left = { ...placeOf(before), since: before.waiting_since };
  if (how === 'abandoned') recordFact(tx, before.account_id, { kind: 'abandoned', ...left });
  else recordFact(tx, before.account_id, { kind: 'flowed-out', ...left, outcome: how });
}
