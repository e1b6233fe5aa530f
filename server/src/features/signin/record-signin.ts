import { platformChain, recordAudit, recordAuditIn, type AuditEvent } from '../../platform/audit/index.ts';
import type { Statement, Tx } from '../../platform/database/index.ts';

/**
 * Records what a person did about signing in: in the platform’s chain, and in that of each account they belong to. In
 * the platform’s scope.
 */
export async function recordForPerson(
  tx: Tx,
  userId: string,
  action: string,
  details?: AuditEvent['details'],
): Promise<void> {
  const event: AuditEvent = {
    action,
    actor: { kind: 'user', id: userId },
    ...(details === undefined ? {} : { details }),
  };
  const accounts = await tx.run<{ id: string }>(accountsOfPerson, [userId]);
  await recordAuditIn(tx, [platformChain, ...accounts.map(({ id }) => id)], event);
}

const accountsOfPerson: Statement = {
  name: 'signin-accounts-of-person',
  text: `select account_id as id from membership where user_id = $1 and status = 'active'`,
};

/** Records an attempt that failed, without the address that was given. */
export async function recordFailure(
  tx: Tx,
  action: string,
  { userId, reason }: { userId: string | undefined; reason: string },
): Promise<void> {
  await recordAudit(tx, platformChain, {
    action,
    actor: { kind: 'unknown' },
    ...(userId === undefined ? {} : { subject: { kind: 'user', id: userId } }),
    details: { reason },
  });
}
