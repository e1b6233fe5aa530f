import type { PostedKind } from '@samtal/contract/conversations';
import type { Database } from '../../platform/database/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import type { MaskedText } from '../masking/index.ts';
import type { Draft } from './draft.ts';
import type { PostQueue } from './post-queue.ts';
import { findConversation, mayRead, maySee } from './policy.ts';

export interface AgentPost {
  readonly conversationId: string;
  readonly cid: string;
  readonly kind: PostedKind;
  readonly text: MaskedText;
}

/**
 * Writes as an agent. Messages come from the agent who has the conversation; notes also from those who may read it.
 * Refuses with not-found, conversations.not-yours, conversations.closed or operator-access.not-for-operators.
 */
export async function postAsAgent(database: Database, posts: PostQueue, member: Member, post: AgentPost) {
  // An operator looks, and takes no part (B4).
  if (member.actor.kind === 'operator') throw new Refusal('operator-access.not-for-operators');
  let outcome = await posts.submit(member.accountId, draftOf(member, post, false));
  if (!outcome.written && outcome.refused === 'conversations.not-yours') {
    const may = await database.read(member.accountId, async (tx) => {
      const conversation = await findConversation(tx, member.accountId, post.conversationId);
      const read = await mayRead(tx, member, conversation);
      return { read, see: read || (await maySee(tx, member, conversation)) };
    });
    if (!may.see) throw new Refusal('not-found');
    if (may.read && post.kind === 'note')
      outcome = await posts.submit(member.accountId, draftOf(member, post, true));
  }
  if (!outcome.written) throw new Refusal(outcome.refused);
  return outcome;
}

function draftOf(member: Member, post: AgentPost, asReader: boolean): Draft {
  return {
    conversationId: post.conversationId,
    kind: post.kind,
    actor: { kind: 'agent', id: member.userId, name: member.name },
    author: member.userId,
    writer: member.actor,
    cid: post.cid,
    body: { text: post.text },
    admit: ({ state, agentId }) => {
      if (asReader) return null;
      if (agentId !== member.userId) return 'conversations.not-yours';
      return state === 'offered' && post.kind === 'message' ? 'conversations.not-yours' : null;
    },
  };
}
