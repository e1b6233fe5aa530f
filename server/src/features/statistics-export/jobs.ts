import { exportLimits } from '@samtal/contract/statistics-export';
import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import { tellOfLeftKeys, type LeftKeyWatch } from './left-keys.ts';

/** Work that comes round. `cron` is in UTC. */
export function statisticsExportJobs(watch: LeftKeyWatch): ScheduledJob[] {
  return [
    {
      name: 'statistics-export.delete-expired',
      cron: '*/10 * * * *',
      run: async () => await watch.database.transaction('platform', deleteExpired),
    },
    {
      name: 'statistics-export.tell-of-left-keys',
      cron: '20 * * * *',
      run: async () => await tellOfLeftKeys(watch),
    },
  ];
}

/** Forgets passphrases that nobody has read, pairs that nobody counts any more, and keys that have not been taken for a month. */
export async function deleteExpired(tx: Tx): Promise<void> {
  await tx.sql
    .updateTable('export_key')
    .set({ passphrase: null, passphrase_until: null })
    .where('passphrase_until', '<', sql<Date>`now()`)
    .execute();
  await tx.sql
    .deleteFrom('export_key_attempt')
    .where('created_at', '<', sql<Date>`now() - interval '1 day'`)
    .execute();
  const pendingDays = exportLimits.pendingDays;
  await tx.sql
    .deleteFrom('export_key')
    .where(
      sql<boolean>`coalesce(ends_at, case when state = 'pending' then submitted_at + make_interval(days => ${pendingDays}) end)
        < now() - interval '31 days'`,
    )
    .execute();
}
