import type { Authorisation } from '@samtal/contract/access';
import type { ReadTx } from '../../platform/database/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { scopesOf } from '../access/index.ts';
import type { ConversationRow } from './queries.ts';
import { isWithin } from './scope.ts';

/** Whoever has it, or is offered it. */
export function isOwn(conversation: ConversationRow, userId: string): boolean {
  return conversation.agent_id === userId && conversation.state !== 'waiting';
}

async function holdsFor(
  tx: ReadTx,
  member: Member,
  conversation: ConversationRow,
  authorisation: Authorisation,
): Promise<boolean> {
  return await isWithin(tx, member.accountId, conversation.id, scopesOf(member, authorisation));
}

/** Members see that a conversation exists when it is theirs, waits where they may take it, or they may find it. */
export async function maySee(tx: ReadTx, member: Member, conversation: ConversationRow): Promise<boolean> {
  if (isOwn(conversation, member.userId)) return true;
  if (await holdsFor(tx, member, conversation, 'conversations.find')) return true;
  const waits = conversation.state === 'waiting' || conversation.state === 'offered';
  return waits && (await holdsFor(tx, member, conversation, 'conversations.take'));
}

/** Members read the transcript of their own conversations, and of others' with the authorisation to (B3). */
export async function mayRead(tx: ReadTx, member: Member, conversation: ConversationRow): Promise<boolean> {
  return (
    isOwn(conversation, member.userId) || (await holdsFor(tx, member, conversation, 'conversations.read'))
  );
}

/** How a transcript is shown: with the numbers that wait to be redacted, or as it is to stay. */
export type Shown = 'as-written' | 'redacted';

/** Both sides of a conversation see its numbers until they are redacted; of others, those with the authorisation to (G2). */
export async function howShown(tx: ReadTx, member: Member, conversation: ConversationRow): Promise<Shown> {
  if (isOwn(conversation, member.userId)) return 'as-written';
  return (await holdsFor(tx, member, conversation, 'conversations.unmasked')) ? 'as-written' : 'redacted';
}

/** Refuses as if nothing were there whoever could never have been offered it: where they handle none, and do not see it. */
export async function checkMayBeOffered(tx: ReadTx, member: Member, id: string): Promise<void> {
  const conversation = await findConversation(tx, member.accountId, id);
  if (isOwn(conversation, member.userId)) return;
  if (await holdsFor(tx, member, conversation, 'conversations.handle')) return;
  if (!(await maySee(tx, member, conversation))) throw new Refusal('not-found');
}

/** Whether a member may transfer and resolve. Refuses as if nothing were there when they may not even see it. */
export async function checkMayDirect(
  tx: ReadTx,
  member: Member,
  conversation: ConversationRow,
): Promise<void> {
  if (conversation.agent_id === member.userId && conversation.state === 'active') return;
  if (await holdsFor(tx, member, conversation, 'conversations.direct')) return;
  if (!(await maySee(tx, member, conversation))) throw new Refusal('not-found');
  throw new Refusal(conversation.state === 'resolved' ? 'conversations.closed' : 'conversations.not-yours');
}

/** Whether a member may tag: the agent who has or had it, and whoever directs. Refuses like `checkMayDirect`. */
export async function checkMayTag(tx: ReadTx, member: Member, conversation: ConversationRow): Promise<void> {
  if (isOwn(conversation, member.userId)) return;
  if (await holdsFor(tx, member, conversation, 'conversations.direct')) return;
  if (!(await maySee(tx, member, conversation))) throw new Refusal('not-found');
  throw new Refusal('conversations.not-yours');
}

/** The conversation, if this member may see it. */
export async function visibleConversation(tx: ReadTx, member: Member, id: string): Promise<ConversationRow> {
  const conversation = await findConversation(tx, member.accountId, id);
  if (!(await maySee(tx, member, conversation)) && !(await mayRead(tx, member, conversation)))
    throw new Refusal('not-found');
  return conversation;
}

export async function findConversation(tx: ReadTx, account: string, id: string): Promise<ConversationRow> {
  return found(
    await tx.sql
      .selectFrom('conversation')
      .selectAll()
      .where('account_id', '=', account)
      .where('id', '=', id)
      .executeTakeFirst(),
  );
}

export async function isThere(tx: ReadTx, account: string, id: string): Promise<boolean> {
  const row = await tx.sql
    .selectFrom('conversation')
    .select('id')
    .where('account_id', '=', account)
    .where('id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}
