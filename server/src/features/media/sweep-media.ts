import type { Database } from '../../platform/database/index.ts';
import type { MediaStore, StoredFile } from './media-store.ts';

const batchSize = 500;

/**
 * Looks at content written before then. NOTE: only in accounts that the database knows, or knows to have been deleted: on a
 * wrong database every file would look like one without a row.
 */
export async function sweepMedia(
  { database, store }: { database: Database; store: MediaStore },
  before: Date,
): Promise<void> {
  await store.removeUnfinished(before);
  const deleted = await database.read('platform', async (tx) =>
    tx.sql
      .selectFrom('account_deletion')
      .select('account_id')
      .where('state', 'in', ['rows-deleted', 'backups-expired'])
      .execute(),
  );
  for (const { account_id } of deleted) await store.removeAccount(account_id);
  for await (const { account, mediaIds } of inBatches(store.list(), before)) {
    const orphans = await database.read(account, async (tx) => {
      const known = await tx.sql
        .selectFrom('account')
        .select('id')
        .where('id', '=', account)
        .executeTakeFirst();
      if (known === undefined) return [];
      const rows = await tx.sql
        .selectFrom('media')
        .select('id')
        .where('account_id', '=', account)
        .where('id', 'in', mediaIds)
        .execute();
      const kept = new Set(rows.map(({ id }) => id));
      return mediaIds.filter((id) => !kept.has(id));
    });
    for (const mediaId of orphans) await store.remove(account, mediaId);
  }
}

/** Content of one account at a time, written before then if that is said. */
export async function* inBatches(
  files: AsyncIterable<StoredFile>,
  before: Date | null,
): AsyncGenerator<{ account: string; mediaIds: string[] }> {
  let batch: { account: string; mediaIds: string[] } | null = null;
  for await (const { account, mediaId, writtenAt } of files) {
    if (before !== null && writtenAt >= before) continue;
    if (batch !== null && (batch.account !== account || batch.mediaIds.length === batchSize)) {
      yield batch;
      batch = null;
    }
    batch ??= { account, mediaIds: [] };
    batch.mediaIds.push(mediaId);
  }
  if (batch !== null) yield batch;
}
