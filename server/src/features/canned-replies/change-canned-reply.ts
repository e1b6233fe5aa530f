import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { cannedReplyBody, lockCannedReply } from './queries.ts';

/** Changes a canned reply. Refuses like recordVersion. */
export async function changeCannedReply(
  tx: Tx,
  caller: Member,
  {
    replyId,
    changes,
    note = {},
  }: { replyId: string; changes: { shortcut?: string; text?: string }; note?: ChangeNote },
): Promise<void> {
  const { accountId } = caller;
  const before = cannedReplyBody(found(await lockCannedReply(tx, accountId, replyId)));
  const body = { ...before, ...changes };
  try {
    await tx.sql
      .updateTable('canned_reply')
      .set(body)
      .where('account_id', '=', accountId)
      .where('id', '=', replyId)
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'canned_reply_shortcut')) throw new Refusal('names.taken');
    throw error;
  }
  const by = caller.actor;
  await recordVersion(tx, accountId, { kind: 'canned-reply', objectId: replyId, before, body, by, note });
  await recordAudit(tx, accountId, {
    action: 'canned-replies.changed',
    actor: by,
    subject: { kind: 'canned-reply', id: replyId },
    details: { changed: Object.keys(changes) },
  });
}
