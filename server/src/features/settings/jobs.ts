import { sql } from 'kysely';
import type { Database } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import { revertFailedNetworks } from './change-settings.ts';

/** Lists of networks that nobody confirmed hold no more from that instant; here this becomes a version. */
async function endNetworkTrials(database: Database): Promise<void> {
  const accounts = await database.read('platform', (tx) =>
    tx.sql
      .selectFrom('network_trial')
      .select('account_id')
      .where('until', '<=', sql<Date>`now()`)
      .execute(),
  );
  for (const { account_id: account } of accounts) {
    await database
      .transaction(account, (tx) => revertFailedNetworks(tx, account))
      .catch((error: unknown) => {
        // Somebody changed the settings at this moment, and reverted the list with that.
        if (!(error instanceof Refusal)) throw error;
      });
  }
}

export function settingsJobs({ database }: { database: Database }): ScheduledJob[] {
  return [{ name: 'settings.end-network-trials', cron: '* * * * *', run: () => endNetworkTrials(database) }];
}
