import type { CannedReply } from '@samtal/contract/canned-replies';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { newestVersion } from '../../platform/history/index.ts';
import { found } from '../../platform/http/index.ts';

const columns = [
  'id',
  'shortcut',
  'text',
  newestVersion('canned-reply', { account: 'canned_reply.account_id', id: 'canned_reply.id' }).as('version'),
] as const;

/** The canned replies of the account, by shortcut. */
export async function readCannedReplies(tx: ReadTx, accountId: string): Promise<CannedReply[]> {
  return await tx.sql
    .selectFrom('canned_reply')
    .select(columns)
    .where('account_id', '=', accountId)
    .orderBy((eb) => eb.fn<string>('lower', ['shortcut']))
    .execute();
}

export async function readCannedReply(tx: ReadTx, accountId: string, replyId: string): Promise<CannedReply> {
  return found(await replyOf(tx, accountId, replyId).executeTakeFirst());
}

/** The canned reply, or null, locked until the transaction ends: every change begins with this. */
export async function lockCannedReply(
  tx: Tx,
  accountId: string,
  replyId: string,
): Promise<CannedReply | null> {
  return (await replyOf(tx, accountId, replyId).forUpdate().executeTakeFirst()) ?? null;
}

/** What versions keep of it. */
export function cannedReplyBody({ shortcut, text }: CannedReply) {
  return { shortcut, text };
}

function replyOf(tx: ReadTx, accountId: string, replyId: string) {
  return tx.sql
    .selectFrom('canned_reply')
    .select(columns)
    .where('account_id', '=', accountId)
    .where('id', '=', replyId);
}
