import { sql } from 'kysely';
import type { Database } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';

/** Visitor sessions that ended are forgotten after a day: until then their conversations are being closed. */
export function widgetJobs({ database }: { database: Database }): ScheduledJob[] {
  return [
    {
      name: 'widget.delete-ended-sessions',
      cron: '*/15 * * * *',
      run: async () => {
        await database.transaction('platform', async (tx) => {
          await tx.sql
            .deleteFrom('visitor_session')
            .where('expires_at', '<', sql<Date>`now() - interval '1 day'`)
            .execute();
        });
      },
    },
  ];
}
