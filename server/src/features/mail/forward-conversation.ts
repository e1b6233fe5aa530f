import { createHmac } from 'node:crypto';
import { maxForwardings, type Forwarding } from '@samtal/contract/mail';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import type { ConversationKeys, Keyring } from '../../platform/keys/index.ts';
import { scopesOf } from '../access/index.ts';
import { isWithin } from '../conversations/index.ts';
import type { MaskedText } from '../masking/index.ts';
import { readSettings } from '../settings/index.ts';
import { isSetUp } from './mail-server.ts';
import { presentForwarding, readableConversation } from './present-forwarding.ts';
import { queueMail, readForwardings } from './queries.ts';
import { refusalOf } from './recipients.ts';

/**
 * Has a conversation sent to somebody (E11). Refuses with mail.not-set-up, mail.blocked, mail.not-listed and
 * mail.too-many; with not-found where the member may not read it, or not forward it there.
 *
 * The trail gets an HMAC of the address under a key of the account: the same for the same recipient, and telling nobody
 * who that is.
 */
export async function forwardConversation(
  tx: Tx,
  { keys, keyring }: { keys: ConversationKeys; keyring: Keyring },
  member: Member,
  wanted: { conversationId: string; to: string; note: MaskedText | null; reason: MaskedText },
): Promise<Forwarding> {
  const { accountId: account, userId, actor } = member;
  const conversation = await readableConversation(tx, member, wanted.conversationId);
  if (!(await isWithin(tx, account, conversation.id, scopesOf(member, 'conversations.forward'))))
    throw new Refusal('not-found');
  const settings = await readSettings(tx, account, conversation.site_id);
  if (!isSetUp(settings)) throw new Refusal('mail.not-set-up');
  const refusal = refusalOf(wanted.to, settings);
  if (refusal !== null) throw new Refusal(`mail.${refusal}`);
  const before = await readForwardings(tx, account, conversation.id);
  if (before.length >= maxForwardings) throw new Refusal('mail.too-many');
  const body = {
    to: wanted.to.toLowerCase(),
    note: wanted.note?.text ?? '',
    reason: wanted.reason.text,
  };
  const row = await queueMail(tx, keys, account, {
    kind: 'forwarding',
    conversationId: conversation.id,
    sentBy: userId,
    body,
  });
  const hashKey = await keyring.accountPurposeKey(account, 'mail-recipient');
  await recordAudit(tx, account, {
    action: 'mail.forwarded',
    actor,
    subject: { kind: 'conversation', id: conversation.id },
    details: {
      mail: row.id,
      recipient: createHmac('sha256', hashKey).update(body.to).digest('hex'),
      listed: settings['mail.forwarding-addresses'].length > 0,
      customerDetails: settings['mail.customer-details'],
    },
  });
  return presentForwarding({ ...row, by_name: member.name }, body);
}
