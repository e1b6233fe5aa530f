import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';

/**
 * Suspends an account or resumes it; false when there is none. Members of a suspended account are refused from their
 * next request on, and their sockets end. In the platform’s scope.
 */
export async function setAccountStatus(
  tx: Tx,
  accountId: string,
  { status, actor }: { status: 'active' | 'suspended'; actor: AuditActor },
): Promise<boolean> {
  const account = await tx.sql
    .updateTable('account')
    .set((eb) => ({ status, access_revision: eb('access_revision', '+', 1) }))
    .where('id', '=', accountId)
    .returning('id')
    .executeTakeFirst();
  if (account === undefined) return false;
  await recordAudit(tx, accountId, {
    action: status === 'active' ? 'accounts.resumed' : 'accounts.suspended',
    actor,
    subject: { kind: 'account', id: accountId },
  });
  return true;
}
