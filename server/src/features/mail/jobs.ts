import type { Database } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { ConversationKeys } from '../../platform/keys/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { notifyOfWaiting } from './notify-waiting.ts';

export function mailJobs({
  log,
  ...parts
}: {
  database: Database;
  keys: ConversationKeys;
  log: Log;
}): ScheduledJob[] {
  return [
    {
      name: 'mail.notify-of-waiting',
      cron: '* * * * *',
      run: async () => {
        const count = await notifyOfWaiting(parts);
        if (count > 0) log.info('mail-queued', { count });
      },
    },
  ];
}
