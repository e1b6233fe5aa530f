import type { SentFile } from '@samtal/contract/media';
import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import type { DraftOf } from './draft.ts';
import { visibleConversation } from './policy.ts';
import type { ConversationRow } from './queries.ts';

/** The entry that shows a file of the agent's, who has the conversation. */
export function agentFile(
  member: Member,
  conversationId: string,
  { cid, file }: { cid: string; file: SentFile },
): DraftOf<'file'> {
  return {
    conversationId,
    kind: 'file',
    actor: { kind: 'agent', id: member.userId, name: member.name },
    author: member.userId,
    writer: member.actor,
    cid,
    body: file,
    admit: ({ state, agentId }) =>
      agentId === member.userId && state !== 'offered' ? null : 'conversations.not-yours',
  };
}

/** The conversation, if the agent may write to the visitor now. Refuses as posting there would. */
export async function ownConversation(tx: ReadTx, member: Member, id: string): Promise<ConversationRow> {
  const conversation = await visibleConversation(tx, member, id);
  if (conversation.state === 'resolved') throw new Refusal('conversations.closed');
  if (conversation.state !== 'active' || conversation.agent_id !== member.userId)
    throw new Refusal('conversations.not-yours');
  return conversation;
}
