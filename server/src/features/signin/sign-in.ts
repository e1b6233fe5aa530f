import type { Session } from '@samtal/contract/signin';
import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { readAuthorisations } from '../access/index.ts';
import { admittedSomewhere } from './admit-member.ts';
import { beginSession, type Arrival } from './begin-session.ts';
import { describeSession } from './describe-session.ts';
import { forgiveAttempt, provePassword, type Attempt, type PasswordDoor } from './prove-password.ts';
import { recordFailure, recordForPerson } from './record-signin.ts';

/** Begins a session for who knows the password, and may work in at least one account. The token goes into the cookie. */
export async function signIn(
  door: PasswordDoor,
  attempt: Attempt,
  arrival: Arrival,
): Promise<Extract<Begun, { token: string }>> {
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
    return await begin(tx, userId, arrival);
  });
  // Whatever the reason was, it is not told.
  if (begun === null) throw new Refusal('signin.refused');
  if ('refused' in begun) throw new Refusal(begun.refused);
  return begun;
}

/** A session that has begun; or why there is none, for a person who has shown who they are. */
type Begun =
  | { readonly token: string; readonly session: Session }
  | { readonly refused: 'signin.refused' | 'signin.mobile-blocked' | 'signin.session-limit' };

const refusals = {
  mobile: 'signin.mobile-blocked',
  sessions: 'signin.session-limit',
  person: 'signin.refused',
} as const;

async function begin(tx: Tx, userId: string, arrival: Arrival): Promise<Begun> {
  const begun = await beginSession(tx, userId, arrival);
  if ('full' in begun) {
    await recordFailure(tx, 'signin.failed', { userId, reason: begun.full });
    return { refused: refusals[begun.full] };
  }
  const { sessionId, token, ended } = begun;
  await tx.sql
    .updateTable('membership')
    .set({ last_sign_in_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('status', '=', 'active')
    .execute();
  await recordForPerson(tx, userId, 'signin.signed-in', { sessionsEnded: ended });
  return { token, session: await describeSession(tx, sessionId) };
}
