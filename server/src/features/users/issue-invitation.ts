import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import { newToken, tokenHash } from '../../platform/tokens/index.ts';
import { readSettings } from '../settings/index.ts';

export interface IssuedInvitation {
  /** The only copy: what is stored is its hash. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** Gives a user a new one-time token; the one before opens nothing any more. */
export async function issueInvitation(tx: Tx, accountId: string, userId: string): Promise<IssuedInvitation> {
  const { 'users.invitation-days': lifeDays } = await readSettings(tx, accountId);
  const token = newToken();
  const fresh = {
    token_hash: tokenHash(token),
    expires_at: sql<Date>`now() + make_interval(days => ${lifeDays})`,
  };
  const { expires_at: expiresAt } = await tx.sql
    .insertInto('invitation')
    .values({ account_id: accountId, user_id: userId, ...fresh })
    .onConflict((conflict) => conflict.columns(['account_id', 'user_id']).doUpdateSet(fresh))
    .returning('expires_at')
    .executeTakeFirstOrThrow();
  return { token, expiresAt };
}
