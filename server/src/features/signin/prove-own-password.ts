import { found, type SignedIn } from '../../platform/http/index.ts';
import { forgiveAttempt, provePassword, type PasswordDoor } from './prove-password.ts';
import { readIdentity, type Identity } from './queries.ts';
import { recordFailure } from './record-signin.ts';

/**
 * The identity of whoever is signed in and knows their password still; null when they do not, which is recorded as this
 * action. Shares the counters of signing in.
 */
export async function proveOwnPassword(
  door: PasswordDoor,
  { userId, address }: SignedIn,
  { password, action }: { password: string; action: string },
): Promise<Identity | null> {
  const { database, failures } = door;
  const { email } = found(await database.read('platform', (tx) => readIdentity(tx, userId)));
  const attempt = { email, password, address };
  const proof = await provePassword(door, attempt);
  await database.transaction('platform', async (tx) => {
    if (proof.right) await forgiveAttempt(tx, failures, { address, counted: proof.counted });
    else await recordFailure(tx, action, { userId, reason: proof.reason });
  });
  return proof.right ? proof.identity : null;
}
