import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import { readCannedReply } from './queries.ts';

/** Changes a canned reply. */
export async function changeCannedReply(
  tx: Tx,
  caller: Member,
  { replyId, changes }: { replyId: string; changes: { shortcut?: string; text?: string } },
): Promise<void> {
  const { accountId } = caller;
  await readCannedReply(tx, accountId, replyId);
  try {
    await tx.sql
      .updateTable('canned_reply')
      .set(changes)
      .where('account_id', '=', accountId)
      .where('id', '=', replyId)
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'canned_reply_shortcut')) throw new Refusal('names.taken');
    throw error;
  }
  await recordAudit(tx, accountId, {
    action: 'canned-replies.changed',
    actor: { kind: 'user', id: caller.userId },
    subject: { kind: 'canned-reply', id: replyId },
    details: { changed: Object.keys(changes) },
  });
}
