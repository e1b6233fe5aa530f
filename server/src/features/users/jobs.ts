import type { ScheduledJob } from '../../platform/jobs/index.ts';
import { tendUnusedUsers, type UnusedParts } from './unused.ts';

/** Work that comes round. `cron` is in UTC. */
export function usersJobs(parts: UnusedParts): ScheduledJob[] {
  return [{ name: 'users.tend-unused', cron: '20 1 * * *', run: async () => await tendUnusedUsers(parts) }];
}
