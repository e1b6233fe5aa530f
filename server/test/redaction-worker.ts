/**
 * Redacts once, in small batches, for tests that kill it: says `ready` when it begins, and `done` at its end.
 *
 *     node redaction-worker.ts <database url> <keyring directory>
 */
import { externalAccess, openDatabase } from '../src/platform/database/index.ts';
import { Fanout } from '../src/platform/fanout/index.ts';
import { ConversationKeys, Keyring } from '../src/platform/keys/index.ts';
import { ConversationLog } from '../src/features/conversations/index.ts';
import { runRedaction } from '../src/features/redaction/run-redaction.ts';

const [, , url = '', keyringDirectory = ''] = process.argv;
const { database } = await openDatabase(externalAccess(url), (error) => {
  throw error;
});
const keyring = await Keyring.open(keyringDirectory);
const log = new ConversationLog(new ConversationKeys(keyring), new Fanout());
process.stdout.write('ready\n');
await runRedaction({ database, log }, { batch: 5 });
await database.close();
process.stdout.write('done\n');
