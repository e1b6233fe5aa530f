import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import { tellOfEndingCertificates, type CertificateWatch } from './ending-certificates.ts';
import { tellOfRefusedClaims, type ClaimWatch } from './refused-claims.ts';

async function deleteExpired(tx: Tx): Promise<void> {
  for (const table of ['federation_request', 'used_assertion'] as const)
    await tx.sql
      .deleteFrom(table)
      .where('expires_at', '<', sql<Date>`now()`)
      .execute();
}

/** Work that comes round. `cron` is in UTC. */
export function federationJobs(watch: CertificateWatch & ClaimWatch): ScheduledJob[] {
  return [
    {
      name: 'federation.delete-expired',
      cron: '*/10 * * * *',
      run: async () => await watch.database.transaction('platform', deleteExpired),
    },
    {
      name: 'federation.tell-of-ending-certificates',
      cron: '40 6 * * *',
      run: async () => await tellOfEndingCertificates(watch),
    },
    {
      name: 'federation.tell-of-refused-claims',
      cron: '*/5 * * * *',
      run: async () => await tellOfRefusedClaims(watch),
    },
  ];
}
