import { readAccounts } from '../features/accounts/index.ts';
import type { Command } from './command.ts';
import { keyringDirectory } from '../start.ts';
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
      tx.sql.selectFrom('key_bucket').select('id').where('account_id', '=', id).execute(),
    );
    for (const bucket of rows) await keyring.bucketKey(id, bucket.id);
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
  summary: 'Say where the keyring is and how many keys it holds; never the keys',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async ({ keyring }) => {
      const directory = keyringDirectory(config);
      const kept = await keyring.verify();
      const text = `Keyring    ${directory}\nAccounts   ${kept.accounts}\nBuckets    ${kept.buckets}`;
      return { text, json: { directory, ...kept } };
    }),
};

export const keyCommands: readonly Command[] = [verify, show];
