import type { Database } from '../../platform/database/index.ts';
import type { ConversationLog } from '../conversations/index.ts';
import { readSettings } from '../settings/index.ts';
import { accountsWithOriginals, channelsWithOriginals, claimDueConversations } from './queries.ts';

export interface RedactionParts {
  readonly database: Database;
  readonly log: ConversationLog;
}

/** So many conversations go in one transaction: posts to them wait for some hundredths of a second. */
const conversationsTogether = 100;

/**
 * Redacts what is due in every account (G2): batch after batch, each one transaction, claimed with SKIP LOCKED so that
 * several nodes may do it at once. It can be killed at any moment; the next run goes on. Stops between two batches when
 * `stopAt` has passed. What fails in one account is told when all others have been seen to. Returns how many texts lost
 * their numbers.
 */
export async function runRedaction(
  { database, log }: RedactionParts,
  { stopAt = Infinity, batch = conversationsTogether }: { stopAt?: number; batch?: number } = {},
): Promise<number> {
  let redacted = 0;
  const errors: unknown[] = [];
  for (const account of await accountsWithOriginals(database)) {
    try {
      const channels = await database.read(account, async (tx) => await channelsWithOriginals(tx, account));
      for (const channelId of channels)
        for (let claimed = batch; claimed === batch && Date.now() < stopAt;) {
          const done = await redactSome({ database, log }, account, { channelId, limit: batch });
          claimed = done.conversations;
          redacted += done.originals;
        }
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'Redaction failed in some accounts');
  return redacted;
}

async function redactSome(
  { database, log }: RedactionParts,
  account: string,
  { channelId, limit }: { channelId: string | null; limit: number },
): Promise<{ conversations: number; originals: number }> {
  return await database.transaction(account, async (tx) => {
    // Read with each batch, so that a change holds at once.
    const settings = await readSettings(tx, account, channelId);
    const ids = await claimDueConversations(tx, account, { channelId, settings, limit });
    return {
      conversations: ids.length,
      originals: await log.redact(tx, account, { ids, settings }),
    };
  });
}
