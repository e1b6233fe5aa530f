import { sql } from 'kysely';
import { hasSqlState, type Tx } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import type { ConversationKeys, MarkedBucket } from '../../platform/keys/index.ts';
import { Refusal } from '../../platform/http/index.ts';

/** So many ids fit into one announcement to other nodes. */
const announcedTogether = 150;

/**
 * Erases conversations with everything that belongs to them (G8, G9): their keys first, then the rows, in whatever
 * state they are. Once that is committed every node drops the keys it has unwrapped, and clients that follow one of them
 * are told that it is gone. A post that comes meanwhile is either erased too or refused (attack 75).
 *
 * `deletionId` is the entry of the deletion log, written in this transaction for exactly these (retention's
 * `deleteConversations` writes both); the database erases nothing without one. Refuses with retention.held when one is
 * under legal hold, and the transaction is then lost. Answers with the keys that have to go before no backup can be read.
 */
export async function eraseConversations(
  tx: Tx,
  { keys, fanout }: { keys: ConversationKeys; fanout: Fanout },
  account: string,
  { ids, deletionId }: { ids: readonly string[]; deletionId: string },
): Promise<MarkedBucket[]> {
  const marked = await keys.destroy(tx, account, ids);
  try {
    await sql`select erase_conversations(${[...ids]}::uuid[], ${deletionId})`.execute(tx.sql);
  } catch (error) {
    if (hasSqlState(error, 'SM002')) throw new Refusal('retention.held');
    throw error;
  }
  tx.afterCommit(() => {
    for (let from = 0; from < ids.length; from += announcedTogether)
      fanout.announce({ kind: 'erased', account, conversations: ids.slice(from, from + announcedTogether) });
  });
  return marked;
}
