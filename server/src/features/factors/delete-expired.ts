import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';

/** Deletes what time has made useless: codes, once nobody counts them any more, challenges, and what was begun only. */
export async function deleteExpiredFactors(tx: Tx): Promise<void> {
  const aDayAgo = sql<Date>`now() - interval '1 day'`;
  await tx.sql.deleteFrom('one_time_code').where('created_at', '<', aDayAgo).execute();
  await tx.sql
    .deleteFrom('passkey_challenge')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute();
  await tx.sql
    .deleteFrom('factor_tries')
    .where('since', '<', sql<Date>`now() - interval '1 hour'`)
    .execute();
  await tx.sql
    .deleteFrom('factor')
    .where('begun_in', 'is not', null)
    .where('created_at', '<', aDayAgo)
    .execute();
}
