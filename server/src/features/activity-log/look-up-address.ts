import type { AddressSighting } from '@samtal/contract/activity-log';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, Tx } from '../../platform/database/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { scopesOf } from '../access/index.ts';
import { isWithin, visibleConversation, type ConversationRow } from '../conversations/index.ts';
import { readSettings } from '../settings/index.ts';
import { readActivity } from './read-activity.ts';
import { recordReading } from './record-reading.ts';

/**
 * From which addresses the visitor of a conversation came (G6: threat cases). Both are on the audit trail: that somebody
 * looked, and that somebody wanted to and may not. Refuses with not-found where the member sees no conversation, and with
 * access.forbidden without `activity-log.look-up` there.
 */
export async function lookUpAddress(
  { database, keyring }: { database: Database; keyring: Keyring },
  member: Member,
  { conversationId, reason }: { conversationId: string; reason: string },
): Promise<{ sightings: AddressSighting[]; keptDays: number }> {
  const { accountId } = member;
  const found = await database.transaction(accountId, async (tx) => {
    const conversation = await visibleConversation(tx, member, conversationId);
    const may = await isWithin(tx, accountId, conversationId, scopesOf(member, 'activity-log.look-up'));
    if (may) return await look(tx, keyring, member, { conversation, reason });
    await recordAudit(tx, accountId, {
      action: 'activity-log.look-up-refused',
      actor: member.actor,
      subject: { kind: 'conversation', id: conversationId },
    });
    return null;
  });
  // Only now: the refusal would have taken its record along.
  if (found === null) throw new Refusal('access.forbidden');
  return found;
}

async function look(
  tx: Tx,
  keyring: Keyring,
  { accountId, userId, actor }: Member,
  { conversation, reason }: { conversation: ConversationRow; reason: string },
) {
  const entries = await readActivity(tx, keyring, accountId, { visitorId: conversation.visitor_id });
  const sightings = entries
    .filter((entry) => entry.kind !== 'page')
    .map(({ id, at, kind, address, agent }) => ({ id, at: at.toISOString(), kind, address, agent }));
  await recordReading(tx, keyring, accountId, {
    readBy: userId,
    conversation: { id: conversation.id, caseId: conversation.case_id },
    reason,
    found: sightings.length,
  });
  await recordAudit(tx, accountId, {
    action: 'activity-log.address-looked-up',
    actor,
    subject: { kind: 'conversation', id: conversation.id },
    details: { reasonGiven: true, found: sightings.length },
  });
  const { 'retention.activity-log-days': keptDays } = await readSettings(tx, accountId);
  return { sightings, keptDays };
}
