import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { measureRedactionLag } from './measure-lag.ts';
import { runRedaction, type RedactionParts } from './run-redaction.ts';

const runMs = 5 * 60_000;

export function redactionJobs({ logger, ...parts }: RedactionParts & { logger: Log }): ScheduledJob[] {
  return [
    {
      name: 'redaction.run',
      cron: '* * * * *',
      run: async () => {
        const count = await runRedaction(parts, { stopAt: Date.now() + runMs });
        if (count > 0) logger.info('redaction-run', { count });
      },
    },
    // A queue of its own, so that it speaks up also when the run hangs.
    {
      name: 'redaction.measure-lag',
      cron: '*/5 * * * *',
      run: async () => await measureRedactionLag(parts, logger),
    },
  ];
}
