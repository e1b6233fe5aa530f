import { dropExpiredActivity } from '../activity-log/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { forEachAccount } from './each-account.ts';
import { recordDeletion } from './record-deletion.ts';
import { activityLogRule } from './rules.ts';
import type { RetentionParts } from './run-retention.ts';

/**
 * Drops the days of every account’s activity log that are past their time (G7), and writes into the deletion log how many
 * visitor sessions went with them.
 */
export async function dropActivity(parts: RetentionParts, now: Date = new Date()): Promise<void> {
  await forEachAccount(parts.database, async (accountId) => {
    const deleting = async (tx: Tx, account: string, count: number) => {
      const cause = { kind: 'retention', rule: await activityLogRule(tx, account) } as const;
      await recordDeletion(tx, account, { dataClass: 'activity-log', count, cause });
    };
    await dropExpiredActivity({ ...parts, deleting }, accountId, now);
  });
}
