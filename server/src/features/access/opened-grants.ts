import type { Authorisation } from '@samtal/contract/access';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { grantBody } from './configuration.ts';
import { opensConversations } from './policy.ts';
import { readGrants } from './queries.ts';

/**
 * Grants of roles that come to open conversations of others get the reason of the change as their purpose, when they have
 * none (B3). Refuses with access.purpose-required when there is no reason.
 */
export async function giveOpenedGrantsPurpose(
  tx: Tx,
  accountId: string,
  {
    allows,
    by,
    note: { reason = '' },
  }: { allows: ReadonlyMap<string, ReadonlySet<Authorisation>>; by: AuditActor; note: ChangeNote },
): Promise<void> {
  const purpose = reason.trim();
  for (const grant of await readGrants(tx, accountId, { roleIds: [...allows.keys()] })) {
    const { id, userId, roleId, scope } = grant;
    if (grant.purpose !== '' || !opensConversations(allows.get(roleId) ?? [], scope)) continue;
    if (purpose === '') throw new Refusal('access.purpose-required');
    await tx.sql
      .updateTable('role_grant')
      .set({ purpose })
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .execute();
    const [before, body] = [grantBody(grant), grantBody({ ...grant, purpose })];
    await recordVersion(tx, accountId, {
      kind: 'grant',
      objectId: id,
      before,
      body,
      by,
      note: { reason: purpose },
    });
    await recordAudit(tx, accountId, {
      action: 'access.purpose-given',
      actor: by,
      subject: { kind: 'user', id: userId },
      details: { grant: id, role: roleId },
    });
  }
}
