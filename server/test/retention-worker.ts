/**
 * Runs retention once, in small batches, for tests that kill it: says `ready` when it begins, and `done` at its end.
 *
 *     node retention-worker.ts <database url> <keyring directory>
 */
import { externalAccess, openDatabase } from '../src/platform/database/index.ts';
import { Fanout } from '../src/platform/fanout/index.ts';
import { ConversationKeys, Keyring } from '../src/platform/keys/index.ts';
import { runRetention } from '../src/features/retention/run-retention.ts';

const [, , url = '', keyringDirectory = ''] = process.argv;
const { database } = await openDatabase(externalAccess(url), (error) => {
  throw error;
});
const keyring = await Keyring.open(keyringDirectory);
process.stdout.write('ready\n');
const parts = { database, keyring, keys: new ConversationKeys(keyring), fanout: new Fanout() };
await runRetention(parts, { batch: 10 });
await database.close();
process.stdout.write('done\n');
