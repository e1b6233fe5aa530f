import type { CannedReply } from '@samtal/contract/canned-replies';
import type { ReadTx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';

/** The canned replies of the account, by shortcut. */
export async function readCannedReplies(tx: ReadTx, accountId: string): Promise<CannedReply[]> {
  return await tx.sql
    .selectFrom('canned_reply')
    .select(['id', 'shortcut', 'text'])
    .where('account_id', '=', accountId)
    .orderBy((eb) => eb.fn<string>('lower', ['shortcut']))
    .execute();
}

export async function readCannedReply(tx: ReadTx, accountId: string, replyId: string): Promise<CannedReply> {
  const reply = await tx.sql
    .selectFrom('canned_reply')
    .select(['id', 'shortcut', 'text'])
    .where('account_id', '=', accountId)
    .where('id', '=', replyId)
    .executeTakeFirst();
  return found(reply);
}
