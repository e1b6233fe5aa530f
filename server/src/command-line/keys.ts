import { readAccounts } from '../features/accounts/index.ts';
import type { Command } from './command.ts';
import { rotateMarkedBuckets } from '../features/keys/index.ts';
import { withPlatform, type Platform } from './with-platform.ts';

/** How many keys the database counts on, each opened. Throws KeyringError, naming the first that does not open. */
async function openNeededKeys({
  database,
  keyring,
}: Platform): Promise<{ accounts: number; buckets: number }> {
  const accounts = await database.read('platform', readAccounts);
  let buckets = 0;
  for (const { id } of accounts) {
    await keyring.openAccount(id);
    const rows = await database.read(id, (tx) =>
      tx.sql.selectFrom('key_bucket').select(['id', 'key_version']).where('account_id', '=', id).execute(),
    );
    for (const bucket of rows) await keyring.bucketKey(id, bucket.id, bucket.key_version);
    buckets += rows.length;
  }
  return { accounts: accounts.length, buckets };
}

const verify: Command = {
  name: 'keys verify',
  summary: 'Open every key, and see that none is missing that the database needs',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async (platform) => {
      const kept = await platform.keyring.verify();
      const needed = await openNeededKeys(platform);
      const text = `All keys open: ${needed.accounts} accounts and ${needed.buckets} buckets need one, and have it.`;
      return { text, json: { needed, kept } };
    }),
};

const show: Command = {
  name: 'keys show',
  summary: 'Say where the keyring is, how many keys it holds, and the key that signatures are checked with',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async ({ keyring }) => {
      const { location } = keyring;
      const kept = await keyring.verify();
      const { publicKey } = await keyring.signingKey();
      const text = `Keyring    ${location}\nAccounts   ${kept.accounts}\nBuckets    ${kept.buckets}\nSignatures of this installation are checked with this public key:\n\n${publicKey.trim()}`;
      return { text, json: { location, ...kept, publicKey } };
    }),
};

const rotate: Command = {
  name: 'keys rotate',
  summary: 'Destroy what encrypts erased conversations now, instead of within the hour',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async ({ database, keys }) => {
      const rotated = await rotateMarkedBuckets(database, keys);
      const text =
        rotated.buckets === 0
          ? 'No bucket was due.'
          : `${rotated.buckets} buckets have new keys, for ${rotated.survivors} conversations; the old ones are destroyed.`;
      return { text, json: rotated };
    }),
};

export const keyCommands: readonly Command[] = [verify, show, rotate];
