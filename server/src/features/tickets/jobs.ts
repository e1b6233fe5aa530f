import { sql } from 'kysely';
import type { Database } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';

/** Forgets tickets that could not be redeemed again anyway. */
export function ticketsJobs({ database }: { database: Database }): ScheduledJob[] {
  return [
    {
      name: 'tickets.delete-expired',
      cron: '*/10 * * * *',
      run: async () =>
        await database.transaction('platform', async (tx) => {
          await tx.sql
            .deleteFrom('used_ticket')
            .where('expires_at', '<', sql<Date>`now()`)
            .execute();
        }),
    },
  ];
}
