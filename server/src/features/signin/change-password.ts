import { found, Refusal, type SignedIn } from '../../platform/http/index.ts';
import { forgiveAttempt, provePassword, type PasswordDoor } from './prove-password.ts';
import { readIdentity } from './queries.ts';
import { recordFailure, recordForPerson } from './record-signin.ts';
import { endSessions } from './sessions.ts';
import { refuseWeakPassword, replacePasswordHash } from './set-password.ts';

/** Changes the own password, and ends every other session of the person. Answers with those. */
export async function changePassword(
  door: PasswordDoor,
  caller: SignedIn,
  { current, next }: { current: string; next: string },
): Promise<string[]> {
  const { database, passwords, failures } = door;
  const { userId, sessionId, address } = caller;
  const { email } = found(await database.read('platform', (tx) => readIdentity(tx, userId)));
  const attempt = { email, password: current, address };
  const proof = await provePassword(door, attempt);
  if (!proof.right) {
    const { reason } = proof;
    await database.transaction('platform', (tx) =>
      recordFailure(tx, 'signin.password-change-failed', { userId, reason }),
    );
    throw new Refusal('signin.refused');
  }
  await database.transaction('platform', async (tx) => {
    await forgiveAttempt(tx, failures, attempt);
  });
  await database.read('platform', (tx) =>
    refuseWeakPassword(tx, { userId, password: next, pointer: '/body/next' }),
  );
  const hash = await passwords.hash(next);
  return await database.transaction('platform', async (tx) => {
    const { passwordHash: from } = proof.identity;
    if (!(await replacePasswordHash(tx, userId, { from, to: hash }))) throw new Refusal('signin.refused');
    const ended = await endSessions(tx, { userId, except: sessionId });
    await recordForPerson(tx, userId, 'signin.password-changed', { sessionsEnded: ended.length });
    return ended;
  });
}
