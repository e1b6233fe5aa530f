import type { SettingValues } from '@samtal/contract/settings';
import type { Tx } from '../../platform/database/index.ts';
import { recordFact } from '../../platform/facts/index.ts';
import { placeOf } from './conversation-facts.ts';
import { lastAgent, type ConversationRow } from './queries.ts';

/**
 * Notes that the visitor of a conversation that has just ended is asked how it went (D7): where the channel asks, and an agent was in
 * it. Answers whether.
 */
export async function askForRating(
  tx: Tx,
  conversation: ConversationRow,
  settings: Pick<SettingValues, 'satisfaction.asked'>,
): Promise<boolean> {
  if (!settings['satisfaction.asked']) return false;
  const { account_id: account, id, resolved_at: at } = conversation;
  const agentId = await lastAgent(tx, account, id);
  if (agentId === null || at === null) return false;
  await tx.sql
    .insertInto('rating')
    .values({ account_id: account, conversation_id: id, score: null })
    .execute();
  recordFact(tx, account, { kind: 'rating-asked', ...placeOf(conversation), agentId, at });
  return true;
}
