import type { Tx } from '../../platform/database/index.ts';
import { endAttempt, moveAttempt, type PersonsAttempt } from './attempts.ts';
import type { Arrival } from './begin-session.ts';
import { demandedStep } from './demanded-step.ts';
import { describeStep } from './describe-step.ts';
import type { SignInDoor } from './door.ts';
import { begin, type NotBegun, type SignedInOr } from './sign-in.ts';

/** From a step of an attempt to the next one, or to the session. `shown` is the second factor that was shown, if any. */
export async function goOnAfter(
  tx: Tx,
  door: SignInDoor,
  { attempt, shown, arrival }: { attempt: PersonsAttempt; shown: string | null; arrival: Arrival },
): Promise<SignedInOr | NotBegun> {
  const { userId } = attempt;
  const step = await demandedStep(tx, userId, { byPassword: attempt.step !== 'passkey' });
  if (step !== null) {
    await moveAttempt(tx, attempt, { step, shown });
    return { attemptToken: null, step: await describeStep(tx, door, { ...attempt, step }) };
  }
  await endAttempt(tx, attempt);
  return await begin(tx, door, { userId, arrival, ...(shown === null ? {} : { factor: shown }) });
}
