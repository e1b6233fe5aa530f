import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import { readSettings } from '../settings/index.ts';
import type { ConversationLog } from './log.ts';
import { checkMayTag } from './policy.ts';
import { lockConversation, readTags, type ConversationRow } from './queries.ts';

/**
 * Gives tags to a conversation and takes tags away (E6); the internal stream tells. What is given must be on the
 * account's list; a tag that is not any more can still be taken away. Refuses with not-found, conversations.not-yours,
 * conversations.unknown-tag.
 */
export async function changeTags(
  tx: Tx,
  log: ConversationLog,
  member: Member,
  {
    conversationId,
    add,
    remove,
  }: { conversationId: string; add: readonly string[]; remove: readonly string[] },
): Promise<ConversationRow> {
  const { accountId: account } = member;
  const conversation = await lockConversation(tx, account, conversationId);
  await checkMayTag(tx, member, conversation);
  const { 'conversations.tags': known } = await readSettings(tx, account);
  if (add.some((tag) => !known.includes(tag))) throw new Refusal('conversations.unknown-tag');
  const has = new Set((await readTags(tx, account, [conversationId])).get(conversationId));
  const added = add.filter((tag) => !has.has(tag) && !remove.includes(tag));
  const removed = remove.filter((tag) => has.has(tag));
  if (added.length === 0 && removed.length === 0) return conversation;
  const row = { account_id: account, conversation_id: conversationId };
  if (added.length > 0)
    await tx.sql
      .insertInto('conversation_tag')
      .values(added.map((tag) => ({ ...row, tag })))
      .execute();
  if (removed.length > 0)
    await tx.sql
      .deleteFrom('conversation_tag')
      .where('account_id', '=', account)
      .where('conversation_id', '=', conversationId)
      .where('tag', 'in', removed)
      .execute();
  await log.append(tx, account, [
    {
      conversationId,
      kind: 'tagged',
      actor: { kind: 'agent', id: member.userId, name: member.name },
      author: null,
      cid: null,
      body: { added, removed },
    },
  ]);
  await recordAudit(tx, account, {
    action: 'conversations.tagged',
    actor: member.actor,
    subject: { kind: 'conversation', id: conversationId },
    details: { added, removed },
  });
  return conversation;
}
