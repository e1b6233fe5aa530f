import { platformChain, recordAudit, type AuditEvent } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';

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
  const memberships = await tx.sql
    .selectFrom('membership')
    .select('account_id')
    .where('user_id', '=', userId)
    .where('status', '=', 'active')
    .execute();
  for (const chain of [platformChain, ...memberships.map((row) => row.account_id)]) {
    await recordAudit(tx, chain, event);
  }
}

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
