import type { SettingValues } from '@samtal/contract/settings';
import type { Tx } from '../../platform/database/index.ts';
import type { ConversationRow } from './queries.ts';

/**
 * Notes that the visitor of a conversation that ends is asked how it went (D7): where the channel asks, and an agent was in it. Answers
 * with the agent who joined last; null where nobody is asked.
 */
export async function askForRating(
  tx: Tx,
  { account_id: account, id }: ConversationRow,
  settings: Pick<SettingValues, 'satisfaction.asked'>,
): Promise<{ agentId: string } | null> {
  if (!settings['satisfaction.asked']) return null;
  const agentId = await lastAgent(tx, account, id);
  if (agentId === null) return null;
  await tx.sql
    .insertInto('rating')
    .values({ account_id: account, conversation_id: id, score: null })
    .execute();
  return { agentId };
}

/** The agent who joined a conversation last; null where none ever did. */
async function lastAgent(tx: Tx, account: string, id: string): Promise<string | null> {
  const joined = await tx.sql
    .selectFrom('entry')
    .select('author')
    .where('account_id', '=', account)
    .where('conversation_id', '=', id)
    .where('audience', '=', 'public')
    .where('kind', '=', 'joined')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return joined?.author ?? null;
}
