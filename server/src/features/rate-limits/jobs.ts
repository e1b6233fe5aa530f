import { sql } from 'kysely';
import type { Database } from '../../platform/database/index.ts';

/** Work that comes round. `cron` is in UTC. */
export function rateLimitJobs({ database }: { database: Database }) {
  return [
    {
      name: 'rate-limits.delete-past',
      cron: '*/10 * * * *',
      run: async () =>
        await database.transaction('platform', async (tx) => {
          await tx.sql
            .deleteFrom('request_quota')
            .where('window_at', '<', sql<Date>`now() - interval '10 minutes'`)
            .execute();
        }),
    },
  ];
}
