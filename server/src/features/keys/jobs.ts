import type { Database } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { ConversationKeys, Keyring } from '../../platform/keys/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { Backups } from '../backup/index.ts';
import { rotateMarkedBuckets } from './rotate-marked-buckets.ts';

/** Every hour, so that what was erased is out of reach of any backup's reader within a day for certain (G9). */
export function keyJobs({
  database,
  keys,
  keyring,
  backups,
  log,
}: {
  database: Database;
  keys: ConversationKeys;
  keyring: Keyring;
  backups: Backups;
  log: Log;
}): ScheduledJob[] {
  return [
    {
      name: 'keys.rotate',
      cron: '41 * * * *',
      run: async () => {
        const { buckets, survivors } = await rotateMarkedBuckets(database, keys);
        if (buckets > 0) log.info('keys-rotated', { count: buckets, total: survivors });
        // At once: with an older backup of the keyring, what a rotation wrapped anew could not be opened.
        if (buckets > 0) await backups.backUpKeyring();
        await dropSurvivors(database, keyring, await backups.survivorsUntil());
      },
    },
  ];
}

async function dropSurvivors(database: Database, keyring: Keyring, before: Date): Promise<void> {
  const accounts = await database.read('platform', (tx) =>
    tx.sql.selectFrom('account').select('id').execute(),
  );
  for (const { id } of accounts) await keyring.dropSurvivorsBefore(id, before);
}
