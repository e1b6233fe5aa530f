import type { Database } from '../../platform/database/index.ts';
import type { ConversationKeys } from '../../platform/keys/index.ts';

/** What a run did, in all accounts. */
export interface Rotated {
  readonly buckets: number;
  /** Conversations whose keys were wrapped anew. */
  readonly survivors: number;
}

/** Gives every bucket in which something was erased a new key, and destroys the old one. Can be ended anywhere and run again. */
export async function rotateMarkedBuckets(database: Database, keys: ConversationKeys): Promise<Rotated> {
  const due = await database.read('platform', (tx) =>
    tx.sql
      .selectFrom('key_bucket')
      .select(['account_id', 'id'])
      .where((eb) =>
        eb.or([eb('dirty_since', 'is not', null), eb('oldest_version', '<', eb.ref('key_version'))]),
      )
      .orderBy('dirty_since')
      .execute(),
  );
  let survivors = 0;
  for (const { account_id: account, id: bucket } of due)
    survivors += (await keys.rotate(database, account, bucket)).survivors;
  return { buckets: due.length, survivors };
}
