import type { Database, Tx } from '../database/index.ts';
import type { Keyring } from './keyring.ts';
import { rewrapBucket } from './rewrap-bucket.ts';

/** What a rotation did. */
export interface Rotation {
  /** Conversations whose keys outlived it. */
  readonly survivors: number;
}

/*
 * A bucket goes through these states; `key_version` and `oldest_version` are columns of key_bucket.
 *
 *   clean      key_version = oldest_version, not marked
 *   marked     something in it was erased (dirty_since)
 *   rewrapped  key_version > oldest_version: the old versions wrap nothing in the database any more, and are to be destroyed
 *
 *   clean → marked      ConversationKeys.markForRotation, in the transaction that erases
 *   marked → rewrapped  in one transaction, under the bucket's row lock, which new conversations and originals take too. The keyring has the
 *                       new version and the survivors before it commits; without the commit nothing uses either
 *   rewrapped → clean   once the old versions are destroyed
 *
 * A process may be killed anywhere: the next one finds the state and goes on. Marked while rewrapped is both.
 */

/** Gives the bucket a new key, if it is marked, and destroys the old ones with all that only they could open (G9). */
export async function rotateBucket(
  database: Database,
  keyring: Keyring,
  { account, bucket }: { account: string; bucket: string },
): Promise<Rotation> {
  const rotated = await database.transaction(
    account,
    async (tx) => await rewrap(tx, keyring, { account, bucket }),
  );
  if (rotated === null) return { survivors: 0 };
  await keyring.destroyBucketBefore(account, bucket, rotated.version);
  await database.transaction(account, async (tx) => {
    await tx.sql
      .updateTable('key_bucket')
      .set({ oldest_version: rotated.version })
      .where('account_id', '=', account)
      .where('id', '=', bucket)
      // Whoever rotated again in the meantime has this done after it.
      .where('oldest_version', '<', rotated.version)
      .execute();
  });
  return { survivors: rotated.survivors };
}

/** Null when the bucket is no more. One that is not marked keeps its key. */
async function rewrap(
  tx: Tx,
  keyring: Keyring,
  { account, bucket }: { account: string; bucket: string },
): Promise<{ version: number; survivors: number } | null> {
  const row = await tx.sql
    .selectFrom('key_bucket')
    .select(['key_version', 'dirty_since'])
    .where('account_id', '=', account)
    .where('id', '=', bucket)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return null;
  if (row.dirty_since === null) return { version: row.key_version, survivors: 0 };
  const version = row.key_version + 1;
  await keyring.createBucket(account, bucket, version);
  const { wrapped, conversations } = await rewrapBucket(tx, keyring, { account, bucket, version });
  await keyring.keepSurvivors(account, bucket, {
    version,
    at: new Date().toISOString(),
    wrapped: Object.fromEntries([...wrapped].map(([id, bytes]) => [id, bytes.toString('base64')])),
  });
  await tx.sql
    .updateTable('key_bucket')
    .set({ key_version: version, dirty_since: null })
    .where('account_id', '=', account)
    .where('id', '=', bucket)
    .execute();
  return { version, survivors: conversations };
}
