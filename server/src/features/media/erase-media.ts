import type { Tx } from '../../platform/database/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { MediaStore } from './media-store.ts';

/**
 * Erases the files of conversations: their rows, and with them their keys, in this transaction; their content once it has
 * committed. Content that cannot be removed then is swept later, and is unreadable meanwhile. Answers how many.
 */
export async function eraseMediaOfConversations(
  tx: Tx,
  { store, log }: { store: MediaStore; log: Log },
  { account, conversationIds }: { account: string; conversationIds: readonly string[] },
): Promise<number> {
  if (conversationIds.length === 0) return 0;
  const rows = await tx.sql
    .deleteFrom('media')
    .where('account_id', '=', account)
    .where('conversation_id', 'in', conversationIds)
    .returning('id')
    .execute();
  tx.afterCommit(() => {
    for (const { id } of rows) {
      store
        .remove(account, id)
        .catch((error: unknown) => log.warn('media-left', { accountId: account }, error));
    }
  });
  return rows.length;
}
