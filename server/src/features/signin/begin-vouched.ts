import { sql } from 'kysely';
import { platformChain, recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { beginSession, type Arrival, type NoSession } from './begin-session.ts';
import { noteSecondFactor, type Voucher } from './sessions.ts';

/**
 * Begins a session for whom an identity provider vouches for (C4): of its account alone, and on the trail of that. `factor` is
 * the second factor that was shown, there or here. In the platform’s scope.
 */
export async function beginVouched(
  tx: Tx,
  userId: string,
  { voucher, arrival, factor }: { voucher: Voucher; arrival: Omit<Arrival, 'voucher'>; factor?: string },
): Promise<{ sessionId: string; token: string } | NoSession> {
  const { accountId, providerId } = voucher;
  const begun = await beginSession(tx, userId, { ...arrival, voucher });
  if ('full' in begun) return begun;
  if (factor !== undefined) await noteSecondFactor(tx, begun.sessionId);
  await tx.sql
    .updateTable('membership')
    .set({
      last_sign_in_at: sql<Date>`now()`,
      last_active_on: sql`(now() at time zone 'UTC')::date`,
      unused_notice: null,
    })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .execute();
  for (const chain of [platformChain, accountId])
    await recordAudit(tx, chain, {
      action: 'signin.signed-in',
      actor: { kind: 'user', id: userId },
      details: {
        by: 'identity-provider',
        provider: providerId,
        ...(factor === undefined ? {} : { factor }),
      },
    });
  return begun;
}
