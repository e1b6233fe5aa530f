import { sql } from 'kysely';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { endSessions } from '../signin/index.ts';
import { lockAccess } from './queries.ts';

export interface Ending {
  readonly accessId: string;
  readonly actor: AuditActor;
  readonly by: 'account' | 'operator';
}

/**
 * Ends an access before its time, or withdraws what was only asked for. From then on nothing is possible by it; answers with the sessions that
 * ended, whose sockets must go. Refuses with operator-access.not-open, not-found. In the platform’s scope.
 */
export async function endAccess(
  tx: Tx,
  accountId: string,
  { accessId, actor, by }: Ending,
): Promise<string[]> {
  const { state } = found(await lockAccess(tx, accountId, accessId));
  const isRequest = state === 'requested' && by === 'operator';
  if (state !== 'approved' && !isRequest) throw new Refusal('operator-access.not-open');
  await tx.sql
    .updateTable('operator_access')
    .set({
      state: isRequest ? 'withdrawn' : 'ended',
      ended_at: sql<Date>`now()`,
      ended_by: by,
      token_hash: null,
      token_expires_at: null,
    })
    .where('account_id', '=', accountId)
    .where('id', '=', accessId)
    .execute();
  const ended = await endSessions(tx, { userId: accessId });
  await recordAudit(tx, accountId, {
    action: isRequest ? 'operator-access.withdrawn' : 'operator-access.ended',
    actor,
    subject: { kind: 'operator-access', id: accessId },
    ...(isRequest ? {} : { details: { because: by } }),
  });
  return ended;
}
