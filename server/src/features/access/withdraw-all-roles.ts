import type { AuditActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { grantBody } from './configuration.ts';
import { readGrants } from './queries.ts';

/** Takes every role back from a user who is being removed; the caller has seen to it that this may be. */
export async function withdrawAllRoles(
  tx: Tx,
  accountId: string,
  { userId, by, note }: { userId: string; by: AuditActor; note: ChangeNote },
): Promise<void> {
  for (const grant of await readGrants(tx, accountId, { userId })) {
    const before = grantBody(grant);
    await recordVersion(tx, accountId, { kind: 'grant', objectId: grant.id, before, body: null, by, note });
  }
  await tx.sql
    .deleteFrom('role_grant')
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .execute();
}
