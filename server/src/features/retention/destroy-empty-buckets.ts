import type { Database } from '../../platform/database/index.ts';
import type { ConversationKeys, MarkedBucket } from '../../platform/keys/index.ts';

/**
 * Destroys the keys of those marked buckets in which nothing is left, at once; the others wait for the hourly rotation
 * (G9). Killed before this, that rotation does it.
 */
export async function destroyEmptyBuckets(
  { database, keys }: { database: Database; keys: ConversationKeys },
  account: string,
  marked: readonly MarkedBucket[],
): Promise<void> {
  const buckets = [...new Set(marked.map(({ bucket }) => bucket))];
  if (buckets.length === 0) return;
  const used = await database.read(account, async (tx) =>
    tx.sql
      .selectFrom('conversation_key')
      .select('bucket_id')
      .distinct()
      .where('account_id', '=', account)
      .where('bucket_id', 'in', buckets)
      .execute(),
  );
  const inUse = new Set(used.map((row) => row.bucket_id));
  for (const bucket of buckets) if (!inUse.has(bucket)) await keys.rotate(database, account, bucket);
}
