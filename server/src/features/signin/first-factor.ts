import type { BegunFactor, Confirmation, NewFactor, Session } from '@samtal/contract/signin';
import { found, Refusal } from '../../platform/http/index.ts';
import { beginFactor, confirmFactor } from '../factors/index.ts';
import type { Arrival } from './begin-session.ts';
import { endAttempt, findAttemptIn } from './attempts.ts';
import { noticeFactorAdded } from './factor-changes.ts';
import { readIdentity } from './queries.ts';
import type { SignInDoor } from './door.ts';
import { begin, mayWork } from './sign-in.ts';

/** Begins to add what an account demands of whoever is on the way in. */
export async function beginFirstFactor(
  door: SignInDoor,
  { token, wanted }: { token: string | null; wanted: NewFactor },
): Promise<BegunFactor> {
  const { userId, id, email } = await door.database.read('platform', async (tx) => {
    const attempt = await findAttemptIn(tx, token, 'enrol');
    return { ...attempt, email: found(await readIdentity(tx, attempt.userId)).email };
  });
  return await beginFactor(door, { userId, boundTo: id, email, wanted });
}

/** Lets it count once it works, and begins the session. */
export async function confirmFirstFactor(
  door: SignInDoor,
  {
    token,
    factorId,
    shown,
    address,
    arrival,
  }: {
    token: string | null;
    factorId: string;
    shown: Confirmation;
    address: string;
    arrival: Arrival;
  },
): Promise<{
  token: string;
  session: Session;
  browser: string;
  recoveryCodes: string[];
  ended: string[];
}> {
  const attempt = await door.database.read('platform', (tx) => findAttemptIn(tx, token, 'enrol'));
  const { id, userId } = attempt;
  const begun = await confirmFactor(
    door,
    { userId, boundTo: id, factorId },
    {
      shown,
      afterwards: async (tx, { kind, recoveryCodes }) => {
        const from = { address, hasSecondFactor: false };
        if (!(await mayWork(tx, userId, from))) throw new Refusal('signin.attempt-over');
        await endAttempt(tx, attempt);
        const { ended } = await noticeFactorAdded(tx, { userId, kind, sessionId: null });
        const going = await begin(tx, door, { userId, arrival, factor: kind });
        // Nothing of it happens: the attempt stands, and the factor is added once there is room.
        if ('refused' in going) throw new Refusal(going.refused);
        return { ...going, recoveryCodes, ended };
      },
    },
  );
  if (begun === null) throw new Refusal('signin.proof-refused');
  const { email } = begun.session.user;
  door.messenger.mailLater(email, { key: 'factor-added' });
  return begun;
}
