import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';
import { rewrapConversationKey } from './conversation-key-rows.ts';
import { KeyringError, type Keyring } from './keyring.ts';

/**
 * Brings a bucket that came out of a backup to the version that the keyring has by now. Answers with the conversations whose
 * keys were destroyed since. Throws KeyringError when the keyring lacks what nobody destroyed.
 */
export async function rewrapRestoredKeys(
  tx: Tx,
  keyring: Keyring,
  { account, bucket }: { account: string; bucket: string },
): Promise<string[]> {
  const versions = await keyring.bucketVersions(account, bucket);
  const [oldest, current] = [versions.at(0), versions.at(-1)];
  if (oldest === undefined || current === undefined)
    throw new KeyringError(`The keyring lacks the key ${account}/${bucket}`);
  const rows = await tx.sql
    .selectFrom('conversation_key')
    .selectAll()
    .where('account_id', '=', account)
    .where('bucket_id', '=', bucket)
    .execute();
  const wrapped = new Map<string, Buffer>();
  const destroyed: string[] = [];
  for (const row of rows) {
    const bytes = await rewrapConversationKey(keyring, row, current);
    if (bytes === null) destroyed.push(row.conversation_id);
    else wrapped.set(row.conversation_id, bytes);
  }
  await sql`
    update conversation_key set wrapped = fresh.wrapped
    from unnest(${[...wrapped.keys()]}::uuid[], ${[...wrapped.values()]}::bytea[]) as fresh (id, wrapped)
    where account_id = ${account} and conversation_id = fresh.id
  `.execute(tx.sql);
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
  return destroyed;
}
