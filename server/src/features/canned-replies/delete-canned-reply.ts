import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, type Member } from '../../platform/http/index.ts';
import { cannedReplyBody, lockCannedReply } from './queries.ts';

/** Deletes a canned reply. Messages that were written with it stay as they are. */
export async function deleteCannedReply(
  tx: Tx,
  caller: Member,
  { replyId, note }: { replyId: string; note: ChangeNote },
): Promise<void> {
  const { accountId } = caller;
  const before = cannedReplyBody(found(await lockCannedReply(tx, accountId, replyId)));
  await tx.sql
    .deleteFrom('canned_reply')
    .where('account_id', '=', accountId)
    .where('id', '=', replyId)
    .execute();
  const by = caller.actor;
  await recordVersion(tx, accountId, {
    kind: 'canned-reply',
    objectId: replyId,
    before,
    body: null,
    by,
    note,
  });
  await recordAudit(tx, accountId, {
    action: 'canned-replies.deleted',
    actor: by,
    subject: { kind: 'canned-reply', id: replyId },
  });
}
