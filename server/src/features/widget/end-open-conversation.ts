import type { Tx } from '../../platform/database/index.ts';
import { latestConversation, type ConversationRow, type Desk } from '../conversations/index.ts';

/** Ends what the visitor has open, who stays or leaves with it. Answers with it as it is then; null when nothing was open. */
export async function endOpenConversation(
  tx: Tx,
  desk: Desk,
  { accountId, visitorId }: { accountId: string; visitorId: string },
  visitor: 'may-answer' | 'has-left',
): Promise<ConversationRow | null> {
  const conversation = await latestConversation(tx, { accountId, visitorId });
  if (conversation === null || conversation.state === 'resolved') return null;
  const by = { kind: 'visitor', id: visitorId } as const;
  return await desk.resolve(tx, accountId, conversation.id, { by, reason: 'visitor', visitor });
}
