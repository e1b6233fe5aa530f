import { platformChain, recordAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { ActivityEntry } from './activity.ts';
import type { Wanted } from './queries.ts';
import { readActivity } from './read-activity.ts';
import { recordReading } from './record-reading.ts';

/**
 * The extensive log, which only operators read (G10). It is on two audit trails before anything is shown: the
 * installation's, and the account's, so that whoever owns the data learns of it.
 */
export async function readAsOperator(
  { database, keyring }: { database: Database; keyring: Keyring },
  account: string,
  { wanted, reason }: { wanted: Wanted; reason: string },
): Promise<ActivityEntry[]> {
  const by = wanted === 'everything' ? 'everything' : 'address' in wanted ? 'address' : 'visitor-session';
  const event = {
    action: 'activity-log.read',
    actor: { kind: 'operator' },
    subject: { kind: 'account', id: account },
    details: { by, reasonGiven: true },
  } as const;
  await database.transaction('platform', async (tx) => await recordAudit(tx, platformChain, event));
  return await database.transaction(account, async (tx) => {
    const entries = await readActivity(tx, keyring, account, wanted);
    await recordReading(tx, keyring, account, {
      readBy: null,
      conversation: null,
      reason,
      found: entries.length,
    });
    await recordAudit(tx, account, event);
    return entries;
  });
}
