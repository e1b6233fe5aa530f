import { Refusal, type SignedIn } from '../../platform/http/index.ts';
import { lowerSession } from './elevation.ts';
import { forgetDevices } from './known-devices.ts';
import { refuseTooNew, refuseUsedPassword } from './password-age.ts';
import { proveOwnPassword } from './prove-own-password.ts';
import type { PasswordDoor } from './prove-password.ts';
import { recordForPerson } from './record-signin.ts';
import { endSessions } from './sessions.ts';
import { refuseWeakPassword, replacePasswordHash } from './set-password.ts';

/** Changes the own password, and ends every other session of the person. Answers with those. */
export async function changePassword(
  door: PasswordDoor,
  caller: SignedIn,
  { current, next, browser }: { current: string; next: string; browser: string | null },
): Promise<string[]> {
  const { database, passwords } = door;
  const { userId, sessionId } = caller;
  const identity = await proveOwnPassword(door, caller, {
    password: current,
    action: 'signin.password-change-failed',
  });
  if (identity === null) throw new Refusal('signin.refused');
  await database.read('platform', async (tx) => {
    await refuseTooNew(tx, userId);
    await refuseWeakPassword(tx, { userId, password: next, pointer: '/body/next' });
  });
  await refuseUsedPassword(door, userId, next);
  const hash = await passwords.hash(next);
  return await database.transaction('platform', async (tx) => {
    const { passwordHash: from } = identity;
    if (!(await replacePasswordHash(tx, userId, { from, to: hash }))) throw new Refusal('signin.refused');
    const ended = await endSessions(tx, { userId, except: sessionId });
    await lowerSession(tx, sessionId);
    await forgetDevices(tx, userId, browser);
    await recordForPerson(tx, userId, 'signin.password-changed', { sessionsEnded: ended.length });
    return ended;
  });
}
