import type { SignInStep } from '@samtal/contract/signin';
import type { ReadTx } from '../../platform/database/index.ts';
import { addableKinds, readWays, type FactorParts } from '../factors/index.ts';
import { readSignInDemands } from '../settings/index.ts';
import type { PersonsAttempt } from './attempts.ts';

/** What has to be done next, as the console is told it. In the platform’s scope. */
export async function describeStep(
  tx: ReadTx,
  { keyring, publicUrl }: FactorParts,
  { userId, step, expiresAt }: PersonsAttempt,
): Promise<SignInStep> {
  const { allowed } = await readSignInDemands(tx, userId);
  const isEnrolment = step === 'enrol';
  const ways = isEnrolment
    ? { factors: [], recovery: false }
    : await readWays(tx, keyring, { userId, allowed });
  return {
    step: isEnrolment ? 'enrol' : 'factor',
    ...ways,
    addable: isEnrolment ? await addableKinds(tx, publicUrl, allowed) : [],
    expiresAt: expiresAt.toISOString(),
  };
}
