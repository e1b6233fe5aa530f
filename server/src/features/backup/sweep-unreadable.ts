import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import {
  KeyDestroyedError,
  KeyringError,
  rewrapRestoredKeys,
  type Keyring,
} from '../../platform/keys/index.ts';
import { BackupError } from './errors.ts';

/** Deletes the accounts whose keys were destroyed after the backup. Answers with how many. `tx` sees all accounts. */
export async function sweepAccounts(tx: Tx, keyring: Keyring): Promise<number> {
  let deleted = 0;
  // An account goes with everything in it, whatever refers to what.
  await sql`set constraints all deferred`.execute(tx.sql);
  for (const { id } of await tx.sql.selectFrom('account').select('id').orderBy('id').execute()) {
    if (!(await isDestroyed(keyring, id))) continue;
    await tx.sql.deleteFrom('legal_hold').where('account_id', '=', id).execute();
    await tx.sql.deleteFrom('account').where('id', '=', id).execute();
    deleted += 1;
  }
  await sql`set constraints all immediate`.execute(tx.sql);
  return deleted;
}

/**
 * Deletes the conversations and originals that the current keyring cannot open because they were erased or redacted after the
 * backup, and wraps the keys of all others under the bucket keys that there are now. Answers with how many conversations
 * it deleted. Refuses with `backup-keys`
 * when the keyring lacks a key that nobody destroyed: nothing could tell that from an erasure afterwards.
 */
export async function sweepConversations(tx: Tx, keyring: Keyring): Promise<number> {
  let deleted = 0;
  const buckets = await tx.sql
    .selectFrom('key_bucket')
    .select(['account_id', 'id'])
    .orderBy('account_id')
    .orderBy('id')
    .execute();
  for (const { account_id: account, id: bucket } of buckets) {
    const { destroyedConversations: erased, destroyedOriginals } = await lacking(
      async () => await rewrapRestoredKeys(tx, keyring, { account, bucket }),
    );
    for (const { conversation_id, audience, seq } of destroyedOriginals)
      await sql`
        delete from entry_original
        where account_id = ${account} and conversation_id = ${conversation_id} and audience = ${audience} and seq = ${seq}
      `.execute(tx.sql);
    if (erased.length === 0) continue;
    // A hold that was lifted before the erasure is in the backup still.
    await tx.sql
      .deleteFrom('legal_hold')
      .where('account_id', '=', account)
      .where('conversation_id', 'in', erased)
      .execute();
    await tx.sql
      .deleteFrom('conversation')
      .where('account_id', '=', account)
      .where('id', 'in', erased)
      .execute();
    deleted += erased.length;
  }
  return deleted;
}

async function isDestroyed(keyring: Keyring, account: string): Promise<boolean> {
  try {
    await lacking(async () => await keyring.openAccount(account));
    return false;
  } catch (error) {
    if (error instanceof KeyDestroyedError) return true;
    throw error;
  }
}

async function lacking<Result>(look: () => Promise<Result>): Promise<Result> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof KeyringError && !(error instanceof KeyDestroyedError))
      throw new BackupError(
        'backup-keys',
        `${error.message}, and nobody destroyed it. Bring the keyring into order first: what cannot be opened would be taken for erased`,
        { cause: error },
      );
    throw error;
  }
}
