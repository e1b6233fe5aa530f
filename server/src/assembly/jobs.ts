import type { ScheduledJob } from '../platform/jobs/index.ts';
import { apiKeysJobs } from '../features/api-keys/index.ts';
import { auditJobs } from '../features/audit/index.ts';
import type { Wording } from '../features/factors/index.ts';
import { backupJobs } from '../features/backup/index.ts';
import { federationJobs } from '../features/federation/index.ts';
import { idempotencyJobs } from '../features/idempotency/index.ts';
import { keyJobs } from '../features/keys/index.ts';
import { mailJobs } from '../features/mail/index.ts';
import { mediaJobs } from '../features/media/index.ts';
import { operatorAccessJobs } from '../features/operator-access/index.ts';
import { rateLimitJobs } from '../features/rate-limits/index.ts';
import { redactionJobs } from '../features/redaction/index.ts';
import { retentionJobs } from '../features/retention/index.ts';
import { settingsJobs } from '../features/settings/index.ts';
import { signinJobs } from '../features/signin/index.ts';
import { statisticsExportJobs } from '../features/statistics-export/index.ts';
import { statisticsJobs } from '../features/statistics/index.ts';
import { ticketsJobs } from '../features/tickets/index.ts';
import { usersJobs } from '../features/users/index.ts';
import { visitorsJobs } from '../features/visitors/index.ts';
import type { Services } from './services.ts';

/** What runs at its times, on one node at once. */
export function jobsOf({
  database,
  keyring,
  media,
  log,
  publicUrl,
  checkpointDirectory,
  fanout,
  keys,
  entries,
  messenger,
  backups,
  beforeLeaving,
  sessionsEnded,
}: Services): ScheduledJob[] {
  const mailOf = (key: Wording['key']) => ({
    isPossible: async () => await messenger.canMail(),
    send: async (to: string, values: Required<Wording>['values']) =>
      await messenger.mailed(to, { key, values }),
  });
  return [
    ...signinJobs({ database }),
    ...usersJobs({
      database,
      beforeLeaving,
      mail: mailOf('unused'),
    }),
    ...settingsJobs({ database }),
    ...operatorAccessJobs({
      database,
      sessionsEnded,
      tell: (email, account) =>
        messenger.noticeLater(email, {
          key: 'operator-request',
          values: { account, page: new URL('/admin/operators', publicUrl).href },
        }),
    }),
    ...apiKeysJobs({ database }),
    ...rateLimitJobs({ database }),
    ...idempotencyJobs({ database }),
    ...federationJobs({
      database,
      mail: mailOf('certificate-ends'),
      claimMail: mailOf('claim-refused'),
    }),
    ...auditJobs({ database, keyring, checkpointDirectory, log }),
    ...retentionJobs({ database, keyring, keys, fanout, files: { store: media.store, log }, log }),
    ...redactionJobs({ database, log: entries, logger: log }),
    ...mailJobs({ database, keys, log }),
    ...mediaJobs({ database, store: media.store }),
    ...statisticsJobs({ database, log }),
    ...ticketsJobs({ database }),
    ...statisticsExportJobs({
      database,
      mail: mailOf('export-key-left'),
    }),
    ...visitorsJobs({ database, keys, keyring, log }),
    ...keyJobs({ database, keys, keyring, backups, log }),
    ...backupJobs({ backups, log }),
  ];
}
