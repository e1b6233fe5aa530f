import { sql } from 'kysely';
import type { Database, Tx } from '../../platform/database/index.ts';
import { deleteExpiredFactors } from '../factors/index.ts';
import { forgetOldDevices } from './known-devices.ts';
import { failuresForgottenS } from './limits.ts';
import { forgetFormerPasswords } from './password-age.ts';
import { alive } from './sessions.ts';

/** Deletes what time has made useless: ended sessions, expired invitations, forgotten failures, people of no account. */
async function deleteExpired(tx: Tx): Promise<void> {
  await tx.sql
    .deleteFrom('session')
    .where(sql<boolean>`not ${alive}`)
    .execute();
  await tx.sql
    .deleteFrom('invitation')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute();
  await tx.sql
    .deleteFrom('sign_in_attempt')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute();
  await tx.sql
    .deleteFrom('signed_out')
    .where('expires_at', '<', sql<Date>`now()`)
    .execute();
  await deleteExpiredFactors(tx);
  await forgetFormerPasswords(tx, null);
  await forgetOldDevices(tx);
  await tx.sql
    .deleteFrom('sign_in_failure')
    .where('last_at', '<', sql<Date>`now() - make_interval(secs => ${failuresForgottenS})`)
    .execute();
  // They go with their last membership; here those go that somebody held at that moment.
  await sql`
    select forget_identity(id) from identity
    where not exists (select from membership where user_id = identity.id)
      and not exists (select from operator_access where id = identity.id and state = 'approved' and ends_at > now())`.execute(
    tx.sql,
  );
}

/** Work that comes round. `cron` is in UTC. */
export function signinJobs({
  database,
}: {
  database: Database;
}): { name: string; cron: string; run(): Promise<void> }[] {
  return [
    {
      name: 'signin.delete-expired',
      cron: '*/10 * * * *',
      run: () => database.transaction('platform', deleteExpired),
    },
  ];
}
