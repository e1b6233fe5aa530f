import { sql } from 'kysely';
import type { Database } from '../../platform/database/index.ts';
import { keptHours } from './queries.ts';

/** Work that comes round. `cron` is in UTC. */
export function idempotencyJobs({ database }: { database: Database }) {
  return [
    {
      name: 'idempotency.delete-expired',
      cron: '*/10 * * * *',
      run: async () =>
        await database.transaction('platform', async (tx) => {
          await tx.sql
            .deleteFrom('idempotent_request')
            .where('begun_at', '<', sql<Date>`now() - make_interval(hours => ${keptHours})`)
            .execute();
        }),
    },
  ];
}
