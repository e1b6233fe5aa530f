import type { Forwarding } from '@samtal/contract/mail';
import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import type { ConversationKeys } from '../../platform/keys/index.ts';
import {
  findConversation,
  mayRead,
  visibleConversation,
  type ConversationRow,
} from '../conversations/index.ts';
import { openMailBody, type MailBody } from './mail-body.ts';
import { readForwardings, type MailRow } from './queries.ts';

/** The conversation, if this member may read what was written. */
export async function readableConversation(
  tx: ReadTx,
  member: Member,
  conversationId: string,
): Promise<ConversationRow> {
  const conversation = await findConversation(tx, member.accountId, conversationId);
  if (await mayRead(tx, member, conversation)) return conversation;
  await visibleConversation(tx, member, conversationId);
  throw new Refusal('access.forbidden');
}

export async function presentForwardings(
  tx: ReadTx,
  keys: ConversationKeys,
  account: string,
  conversationId: string,
): Promise<Forwarding[]> {
  const rows = await readForwardings(tx, account, conversationId);
  if (rows.length === 0) return [];
  const key = await keys.one(tx, account, conversationId);
  return rows.map((row) => presentForwarding(row, openMailBody(key, row)));
}

export function presentForwarding(
  row: MailRow & { readonly by_name: string | null },
  { to, note, reason }: MailBody,
): Forwarding {
  return {
    id: row.id,
    to,
    note,
    reason,
    byName: row.by_name,
    at: row.queued_at.toISOString(),
    state: row.state,
    endedAt: row.ended_at?.toISOString() ?? null,
    failure: row.failure,
  };
}
