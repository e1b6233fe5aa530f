import { found, Refusal } from '../../platform/http/index.ts';
import { findAttemptIn } from './attempts.ts';
import type { Arrival } from './begin-session.ts';
import type { SignInDoor } from './door.ts';
import { goOnAfter } from './go-on.ts';
import { forgetDevices } from './known-devices.ts';
import { refuseUsedPassword } from './password-age.ts';
import { readIdentity } from './queries.ts';
import { recordForPerson } from './record-signin.ts';
import { endSessions } from './sessions.ts';
import { refuseWeakPassword, replacePasswordHash } from './set-password.ts';
import { mayWork, type SignedInOr } from './sign-in.ts';

/**
 * Replaces a password that has expired, for somebody who has shown it and whatever else was asked for, and lets them in. Every
 * session of theirs from before ends.
 */
export async function renewExpiredPassword(
  door: SignInDoor,
  { token, password, address }: { token: string | null; password: string; address: string },
  arrival: Arrival,
): Promise<SignedInOr> {
  const { database, passwords } = door;
  const { attempt, identity } = await database.read('platform', async (tx) => {
    const known = await findAttemptIn(tx, token, 'renew');
    const { userId } = known;
    await refuseWeakPassword(tx, { userId, password, pointer: '/body/password' });
    return { attempt: known, identity: found(await readIdentity(tx, userId)) };
  });
  const { userId, shown } = attempt;
  await refuseUsedPassword(door, userId, password);
  const hash = await passwords.hash(password);
  const going = await database.transaction('platform', async (tx) => {
    if (!(await mayWork(tx, userId, { address, hasSecondFactor: shown !== null }))) return null;
    const { passwordHash: from } = identity;
    if (!(await replacePasswordHash(tx, userId, { from, to: hash }))) return null;
    await forgetDevices(tx, userId, arrival.browser);
    const ended = await endSessions(tx, { userId });
    if (ended.length > 0) tx.afterCommit(() => arrival.sessionsEnded(ended));
    await recordForPerson(tx, userId, 'signin.password-changed', {
      expired: true,
      sessionsEnded: ended.length,
    });
    return await goOnAfter(tx, door, { attempt, shown, arrival });
  });
  if (going === null) throw new Refusal('signin.attempt-over');
  if ('refused' in going) throw new Refusal(going.refused);
  return going;
}
