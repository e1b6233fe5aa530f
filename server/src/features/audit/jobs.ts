import { verifyAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { Log } from '../../platform/log/index.ts';

/** The audit trail is verified every night, not only when somebody asks (H3). */
export function auditJobs({
  database,
  keyring,
  log,
}: {
  database: Database;
  keyring: Keyring;
  log: Log;
}): ScheduledJob[] {
  return [
    {
      name: 'audit.verify',
      cron: '17 2 * * *',
      run: async () => {
        const { faults } = await verifyAudit(database, keyring.purposeKey('audit'));
        for (const { account, seq, fault } of faults)
          log.error('audit-fault', { accountId: account, code: `${fault}-${seq}` });
      },
    },
  ];
}
