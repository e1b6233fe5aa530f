import type { Tx } from '../database/index.ts';
import { KeyringError, type Keyring } from './keyring.ts';
import { rewrapBucket, type Rewrapped } from './rewrap-bucket.ts';

/**
 * Brings a bucket that came out of a backup to the version that the keyring has by now. Answers also with what was destroyed
 * since. Throws KeyringError when the keyring lacks what nobody destroyed.
 */
export async function rewrapRestoredKeys(
  tx: Tx,
  keyring: Keyring,
  { account, bucket }: { account: string; bucket: string },
): Promise<Rewrapped> {
  const versions = await keyring.bucketVersions(account, bucket);
  const [oldest, current] = [versions.at(0), versions.at(-1)];
  if (oldest === undefined || current === undefined)
    throw new KeyringError(`The keyring lacks the key ${account}/${bucket}`);
  const rewrapped = await rewrapBucket(tx, keyring, { account, bucket, version: current });
  await tx.sql
    .updateTable('key_bucket')
    .set({
      key_version: current,
      oldest_version: oldest,
      // A rotation was cut short: it is done again from the beginning.
      ...(oldest === current ? {} : { dirty_since: new Date() }),
    })
    .where('account_id', '=', account)
    .where('id', '=', bucket)
    .execute();
  return rewrapped;
}
