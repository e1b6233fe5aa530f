import type { Session } from '@samtal/contract/signin';
import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { readAuthorisations } from '../access/index.ts';
import { admittedSomewhere } from './admit-member.ts';
import { describeSession } from './describe-session.ts';
import { forgiveAttempt, provePassword, type Attempt, type PasswordDoor } from './prove-password.ts';
import { recordFailure, recordForPerson } from './record-signin.ts';
import { startSession } from './sessions.ts';

/** Begins a session for who knows the password, and may work in at least one account. The token goes into the cookie. */
export async function signIn(
  door: PasswordDoor,
  attempt: Attempt,
): Promise<{ token: string; session: Session }> {
  const proof = await provePassword(door, attempt);
  const begun = await door.database.transaction('platform', async (tx) => {
    if (!proof.right) {
      await recordFailure(tx, 'signin.failed', { userId: proof.identity?.id, reason: proof.reason });
      return null;
    }
    const userId = proof.identity.id;
    const accounts = await readAuthorisations(tx, userId);
    if (accounts.length === 0) {
      await recordFailure(tx, 'signin.failed', { userId, reason: 'inactive' });
      return null;
    }
    const from = { address: attempt.address, hasSecondFactor: false };
    if (!(await admittedSomewhere(tx, accounts, from))) {
      await recordFailure(tx, 'signin.failed', { userId, reason: 'network' });
      return null;
    }
    await forgiveAttempt(tx, door.failures, attempt);
    return await begin(tx, userId);
  });
  // Whatever the reason was, it is not told.
  if (begun === null) throw new Refusal('signin.refused');
  return begun;
}

async function begin(tx: Tx, userId: string): Promise<{ token: string; session: Session }> {
  const { sessionId, token } = await startSession(tx, userId);
  await tx.sql
    .updateTable('membership')
    .set({ last_sign_in_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('status', '=', 'active')
    .execute();
  await recordForPerson(tx, userId, 'signin.signed-in');
  return { token, session: await describeSession(tx, sessionId) };
}
