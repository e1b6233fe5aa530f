import type { ScheduledJob } from '../../platform/jobs/index.ts';
import { tendOperatorAccess, type TendingParts } from './tend-access.ts';

/** Work that comes round. `cron` is in UTC. */
export function operatorAccessJobs(parts: TendingParts): ScheduledJob[] {
  return [
    { name: 'operator-access.tend', cron: '* * * * *', run: async () => await tendOperatorAccess(parts) },
  ];
}
