import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import type { NeededElevation } from '../../platform/http/index.ts';
import { hasFactor } from '../factors/index.ts';
import { readSignInDemands } from '../settings/index.ts';

/** An elevated session stays so for this long, however much is done in it (C3). */
const elevationS = 60 * 60;

/*
 * A session is elevated until an instant that the proof decides and nothing puts off. It ends before with the session, with a
 * change of what its person signs in with, or when it is given back. All of this is in the platform’s scope.
 */

/** SQL: until when a session is elevated; null when it is not, or not any more. */
export const elevatedUntil = sql<Date | null>`case when session.elevated_until > now() then session.elevated_until end`;

/** What was shown to have this session elevated, while that counts. */
export async function readElevation(
  tx: ReadTx,
  { sessionId, userId }: { sessionId: string; userId: string },
  needed: NeededElevation,
): Promise<string | null> {
  const session = await tx.sql
    .selectFrom('session')
    .select('elevated_by')
    .where('id', '=', sessionId)
    .where('elevated_until', '>', sql<Date>`now()`)
    .executeTakeFirst();
  const shown = session?.elevated_by ?? null;
  return shown === 'password' && !(await isPasswordEnough(tx, userId, needed)) ? null : shown;
}

/** The password counts where its person has nothing better; beyond their own signing in, where their accounts let it. */
async function isPasswordEnough(tx: ReadTx, userId: string, needed: NeededElevation): Promise<boolean> {
  if (await hasFactor(tx, userId)) return false;
  if (needed === 'own-sign-in') return true;
  return (await readSignInDemands(tx, userId)).elevationProof === 'password-where-none';
}

/** What is no second factor by itself: an identity provider’s word is one where the account lets it, which whoever asked it notes. */
const withoutFactor: ReadonlySet<string> = new Set(['password', 'identity-provider']);

/** Elevates the session. Returns until when; null when it has ended meanwhile. */
export async function elevateSession(tx: Tx, sessionId: string, shown: string): Promise<Date | null> {
  const session = await tx.sql
    .updateTable('session')
    .set({
      elevated_until: sql<Date>`now() + make_interval(secs => ${elevationS})`,
      elevated_by: shown,
      ...(withoutFactor.has(shown) ? {} : { second_factor_at: sql<Date>`now()` }),
    })
    .where('id', '=', sessionId)
    .returning('elevated_until')
    .executeTakeFirst();
  return session?.elevated_until ?? null;
}

/** Ends what elevation the session has. */
export async function lowerSession(tx: Tx, sessionId: string): Promise<void> {
  await tx.sql
    .updateTable('session')
    .set({ elevated_until: null, elevated_by: null })
    .where('id', '=', sessionId)
    .execute();
}
