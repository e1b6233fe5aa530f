import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { Member } from '../../platform/http/index.ts';
import { readCannedReply } from './queries.ts';

/** Deletes a canned reply. Messages that were written with it stay as they are. */
export async function deleteCannedReply(tx: Tx, caller: Member, replyId: string): Promise<void> {
  const { accountId } = caller;
  await readCannedReply(tx, accountId, replyId);
  await tx.sql
    .deleteFrom('canned_reply')
    .where('account_id', '=', accountId)
    .where('id', '=', replyId)
    .execute();
  await recordAudit(tx, accountId, {
    action: 'canned-replies.deleted',
    actor: { kind: 'user', id: caller.userId },
    subject: { kind: 'canned-reply', id: replyId },
  });
}
