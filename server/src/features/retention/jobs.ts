import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { endAccountDeletions } from './account-report.ts';
import { advanceErasures } from './advance-erasures.ts';
import { dropActivity } from './drop-activity.ts';
import { forEachAccount } from './each-account.ts';
import { readDue } from './read-due.ts';
import { runRetention, type RetentionParts } from './run-retention.ts';

/** How often what is due is deleted. */
export const everyMinutes = 15;
const runMs = 10 * 60_000;
/** So late is worth a warning: something holds the job up. */
const lateMs = (everyMinutes + 15) * 60_000;

export function retentionJobs({ log, ...parts }: RetentionParts & { log: Log }): ScheduledJob[] {
  return [
    {
      name: 'retention.run',
      cron: `*/${everyMinutes} * * * *`,
      run: async () => {
        const { conversations, sessions } = await runRetention(parts, { stopAt: Date.now() + runMs });
        log.info('retention-run', { count: conversations, total: conversations + sessions });
      },
    },
    // Days of the activity log go within five minutes of their time, whatever else is to be deleted.
    {
      name: 'retention.drop-activity',
      cron: '*/5 * * * *',
      run: async () => await dropActivity(parts),
    },
    {
      name: 'retention.advance-erasures',
      cron: '*/5 * * * *',
      run: async () => {
        await advanceErasures(parts);
        const signing = await parts.keyring.signingKey();
        await parts.database.transaction('platform', async (tx) => await endAccountDeletions(tx, signing));
      },
    },
    // A queue of its own, so that it speaks up also when the run hangs.
    {
      name: 'retention.measure-lag',
      cron: '7,22,37,52 * * * *',
      run: async () => await measureLag(parts, log),
    },
  ];
}

/** Says how late deletion is, with counts, and warns when it is too late (G7). */
export async function measureLag({ database }: RetentionParts, log: Log, now = Date.now()): Promise<void> {
  await forEachAccount(database, async (accountId) => {
    const all = await database.read(accountId, async (tx) => await readDue(tx, accountId));
    for (const [code, due] of Map.groupBy(all, (each) => each.dataClass)) {
      const oldest = due.flatMap((each) => (each.oldestDueAt === null ? [] : [Date.parse(each.oldestDueAt)]));
      const lagMs = oldest.length === 0 ? 0 : now - Math.min(...oldest);
      const fields = { accountId, code, lagMs, count: due.reduce((sum, each) => sum + each.due, 0) };
      log.info('retention-lag', fields);
      if (lagMs > lateMs) log.warn('retention-late', fields);
    }
  });
}
