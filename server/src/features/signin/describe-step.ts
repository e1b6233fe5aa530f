import type { SignInStep } from '@samtal/contract/signin';
import type { ReadTx } from '../../platform/database/index.ts';
import { addableKinds, readWays, type FactorParts } from '../factors/index.ts';
import { readSignInDemands } from '../settings/index.ts';
import type { PersonsAttempt } from './attempts.ts';
import { readMinLength } from './queries.ts';

/** What has to be done next, as the console is told it. In the platform’s scope. */
export async function describeStep(
  tx: ReadTx,
  { keyring, publicUrl }: FactorParts,
  { userId, step, expiresAt }: PersonsAttempt,
): Promise<SignInStep> {
  const { allowed } = await readSignInDemands(tx, userId);
  const ways =
    step === 'factor' ? await readWays(tx, keyring, { userId, allowed }) : { factors: [], recovery: false };
  return {
    step: step === 'passkey' ? 'factor' : step,
    ...ways,
    addable: step === 'enrol' ? await addableKinds(tx, publicUrl, allowed) : [],
    passwordMinLength: await readMinLength(tx, userId, null),
    expiresAt: expiresAt.toISOString(),
  };
}
