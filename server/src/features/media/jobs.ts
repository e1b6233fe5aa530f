import type { Database } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { MediaStore, StoredFile } from './media-store.ts';

/** Content younger than this may belong to a row that is about to be committed. */
const restMs = 60 * 60_000;
const batchSize = 500;

/** Removes content that no row leads to: of uploads that were cut off, of what was erased, and of accounts that ended. */
export function mediaJobs(parts: { database: Database; store: MediaStore }): ScheduledJob[] {
  return [
    {
      name: 'media.sweep',
      cron: '*/15 * * * *',
      run: async () => await sweepMedia(parts, new Date(Date.now() - restMs)),
    },
  ];
}

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

async function* inBatches(
  files: AsyncIterable<StoredFile>,
  before: Date,
): AsyncGenerator<{ account: string; mediaIds: string[] }> {
  let batch: { account: string; mediaIds: string[] } | null = null;
  for await (const { account, mediaId, writtenAt } of files) {
    if (writtenAt >= before) continue;
    if (batch !== null && (batch.account !== account || batch.mediaIds.length === batchSize)) {
      yield batch;
      batch = null;
    }
    batch ??= { account, mediaIds: [] };
    batch.mediaIds.push(mediaId);
  }
  if (batch !== null) yield batch;
}
