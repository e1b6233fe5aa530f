import type { Database } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { tidyAttributes } from './tidy-attributes.ts';
import type { VisitorsParts } from './visitors-parts.ts';

/**
 * Nothing is shown or found that is not declared, from the moment the declaration goes. What was stored of it goes within
 * five minutes.
 */
export function visitorsJobs({
  database,
  log,
  ...parts
}: { database: Database; log: Log } & Pick<VisitorsParts, 'keys' | 'keyring'>): ScheduledJob[] {
  return [
    {
      name: 'visitors.tidy-attributes',
      cron: '*/5 * * * *',
      run: async () => {
        const accounts = await database.read(
          'platform',
          async (tx) => await tx.sql.selectFrom('account').select('id').execute(),
        );
        for (const { id: accountId } of accounts) {
          for (;;) {
            const done = await database.transaction(
              accountId,
              async (tx) => await tidyAttributes(tx, parts, accountId),
            );
            if (done.removed > 0) log.info('attributes-removed', { accountId, count: done.removed });
            if (done.indexed === 0) break;
          }
        }
      },
    },
  ];
}
