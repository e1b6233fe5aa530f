import type { Tx } from '../../platform/database/index.ts';
import { latestConversation, type Desk } from '../conversations/index.ts';

/** The conversation that was ended, or null when none was open. */
export async function endOpenConversation(
  tx: Tx,
  desk: Desk,
  visitor: { accountId: string; visitorId: string },
): Promise<string | null> {
  const conversation = await latestConversation(tx, visitor);
  if (conversation === null || conversation.state === 'resolved') return null;
  await desk.resolve(tx, visitor.accountId, conversation.id, {
    by: { kind: 'visitor', id: visitor.visitorId },
    reason: 'visitor',
  });
  return conversation.id;
}
