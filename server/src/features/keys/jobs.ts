import type { Database } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { ConversationKeys } from '../../platform/keys/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { rotateMarkedBuckets } from './rotate-marked-buckets.ts';

/** Every hour, so that what was erased is out of reach of any backup's reader within a day for certain (G9). */
export function keyJobs({
  database,
  keys,
  log,
}: {
  database: Database;
  keys: ConversationKeys;
  log: Log;
}): ScheduledJob[] {
  return [
    {
      name: 'keys.rotate',
      cron: '41 * * * *',
      run: async () => {
        const { buckets, survivors } = await rotateMarkedBuckets(database, keys);
        if (buckets > 0) log.info('keys-rotated', { count: buckets, total: survivors });
      },
    },
  ];
}
