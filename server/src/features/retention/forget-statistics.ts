import type { Database } from '../../platform/database/index.ts';
import { forgetOldestDay } from '../statistics/index.ts';
import { recordDeletion } from './record-deletion.ts';
import { statisticsRule } from './rules.ts';

/** Removes days of an account’s statistics that are past their time, the oldest first, each in one transaction with its entry in the deletion log. */
export async function forgetDueStatistics(
  database: Database,
  account: string,
  stopAt: number,
): Promise<void> {
  const forget = async () =>
    await database.transaction(account, async (tx) => {
      // Read each time: whoever lengthens the time saves what has not gone yet.
      const rule = await statisticsRule(tx, account);
      if (rule === null) return false;
      const cause = { kind: 'retention', rule } as const;
      return await forgetOldestDay(tx, account, {
        days: rule.days,
        deleting: async (count) =>
          await recordDeletion(tx, account, { dataClass: 'statistics', count, cause }),
      });
    });
  while (Date.now() < stopAt && (await forget()));
}
