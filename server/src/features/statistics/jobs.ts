import type { Database } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { rollUpAll } from './roll-up-all.ts';

export function statisticsJobs(parts: { database: Database; log: Log }): ScheduledJob[] {
  return [{ name: 'statistics.roll-up', cron: '* * * * *', run: async () => await rollUpAll(parts) }];
}
