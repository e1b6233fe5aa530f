import type { Database } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { ConversationKeys, Keyring } from '../../platform/keys/index.ts';
import { readAccounts } from '../accounts/index.ts';
import { dropExpiredActivity } from './drop-expired.ts';

/** Days of the activity log go within five minutes of their time, whatever else is to be kept. */
export function activityLogJobs(parts: {
  database: Database;
  keyring: Keyring;
  keys: ConversationKeys;
}): ScheduledJob[] {
  return [
    {
      name: 'activity-log.drop-expired',
      cron: '*/5 * * * *',
      run: async () => {
        const accounts = await parts.database.read('platform', readAccounts);
        for (const { id } of accounts) await dropExpiredActivity(parts, id);
      },
    },
  ];
}
