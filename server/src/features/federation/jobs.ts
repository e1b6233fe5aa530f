import { sql } from 'kysely';
import type { Database, Tx } from '../../platform/database/index.ts';

async function deleteExpired(tx: Tx): Promise<void> {
  for (const table of ['federation_request', 'used_assertion'] as const)
    await tx.sql
      .deleteFrom(table)
      .where('expires_at', '<', sql<Date>`now()`)
      .execute();
}

/** Work that comes round. `cron` is in UTC. */
export function federationJobs({ database }: { database: Database }): {
  name: string;
  cron: string;
  run(): Promise<void>;
}[] {
  return [
    {
      name: 'federation.delete-expired',
      cron: '*/10 * * * *',
      run: async () => await database.transaction('platform', deleteExpired),
    },
  ];
}
