import { sql } from 'kysely';
import type { Database, Tx } from '../../platform/database/index.ts';

/** Deletes what time has made useless: tokens that have run out, and secrets some time after they were replaced. */
async function deleteEnded(tx: Tx): Promise<void> {
  await tx.sql
    .deleteFrom('api_token')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute();
  // A while longer than they are taken, so that a program which still shows one is on the audit trail.
  await tx.sql
    .deleteFrom('api_key_secret')
    .where('ends_at', '<', sql<Date>`now() - interval '30 days'`)
    .execute();
}

/** Work that comes round. `cron` is in UTC. */
export function apiKeysJobs({ database }: { database: Database }) {
  return [
    {
      name: 'api-keys.delete-ended',
      cron: '*/10 * * * *',
      run: async () => await database.transaction('platform', deleteEnded),
    },
  ];
}
