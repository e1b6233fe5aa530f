import type { FactorProof, SignInStep } from '@samtal/contract/signin';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { askForPasskey, proveFactor, sendCode, takePasskey } from '../factors/index.ts';
import { readSignInDemands } from '../settings/index.ts';
import { admittedSomewhere } from './admit-member.ts';
import {
  endAttempt,
  findAttempt,
  findAttemptIn,
  startAttempt,
  type Attempt,
  type PersonsAttempt,
} from './attempts.ts';
import type { Arrival } from './begin-session.ts';
import { beginVouched } from './begin-vouched.ts';
import { hasCountingFactor } from './demanded-step.ts';
import { describeSession } from './describe-session.ts';
import { describeStep } from './describe-step.ts';
import { goOnAfter } from './go-on.ts';
import { countNetwork } from './prove-password.ts';
import { recordFailure } from './record-signin.ts';
import type { SignInDoor } from './door.ts';
import type { Voucher } from './sessions.ts';
import { mayWork, noSession, type NotBegun, type SignedInOr } from './sign-in.ts';

export interface Shown {
  readonly token: string | null;
  readonly proof: FactorProof;
  /** Where it comes from. */
  readonly address: string;
}

/** Begins the session of an attempt for whoever shows a second factor, or a passkey where nobody was known yet. */
export async function continueSignIn(
  door: SignInDoor,
  { token, proof, address }: Shown,
  arrival: Arrival,
): Promise<SignedInOr> {
  const attempt = await door.database.read('platform', (tx) => findAttempt(tx, token));
  const userId =
    attempt.step === 'passkey'
      ? await whosePasskey(door, attempt, { proof, address })
      : await proved(door, attempt, proof);
  const { voucher } = attempt;
  const going = await door.database.transaction('platform', async (tx) => {
    if (voucher !== null)
      return await goOnVouched(
        tx,
        { attempt: { ...attempt, userId }, voucher, shown: proof.kind, address },
        arrival,
      );
    if (!(await mayWork(tx, userId, { address, hasSecondFactor: true }))) return null;
    return await goOnAfter(tx, door, { attempt: { ...attempt, userId }, shown: proof.kind, arrival });
  });
  if (going === null) throw new Refusal(await whyNot(door, userId));
  if ('refused' in going) throw new Refusal(going.refused);
  return going;
}

/** To the session of whom a provider vouched for, where the account admits the address they come from. */
async function goOnVouched(
  tx: Tx,
  {
    attempt,
    voucher,
    shown,
    address,
  }: { attempt: PersonsAttempt; voucher: Voucher; shown: string; address: string },
  arrival: Arrival,
): Promise<SignedInOr | NotBegun | null> {
  const { userId } = attempt;
  // Nobody adds one on the way, so that what does not count, or not any more, leads nowhere.
  if (!(await hasCountingFactor(tx, userId))) {
    await recordFailure(tx, 'signin.failed', { userId, reason: 'second-factor' });
    return null;
  }
  if (!(await admittedSomewhere(tx, [{ id: voucher.accountId }], { address, hasSecondFactor: true }))) {
    await recordFailure(tx, 'signin.failed', { userId, reason: 'network' });
    return null;
  }
  await endAttempt(tx, attempt);
  const begun = await beginVouched(tx, userId, { voucher, arrival, factor: shown });
  if ('full' in begun) return { refused: noSession[begun.full] };
  return { token: begun.token, session: await describeSession(tx, begun.sessionId), browser: null };
}

/** Whoever has shown who they are is told that they come in elsewhere. */
async function whyNot(
  { database }: SignInDoor,
  userId: string,
): Promise<'signin.attempt-over' | 'signin.federated-only'> {
  const { federatedOnly } = await database.read('platform', (tx) => readSignInDemands(tx, userId));
  return federatedOnly === 'barred' ? 'signin.federated-only' : 'signin.attempt-over';
}

/** What is to be done next in an attempt: for a page that an identity provider leads back to. */
export async function readStep(door: SignInDoor, token: string | null): Promise<SignInStep> {
  return await door.database.read('platform', async (tx) => {
    const attempt = await findAttempt(tx, token);
    const { userId } = attempt;
    // One in which nobody is known yet is a browser’s matter alone.
    if (userId === null) throw new Refusal('signin.attempt-over');
    return await describeStep(tx, door, { ...attempt, userId });
  });
}

/** Sends a code to the person of the attempt. */
export async function sendSignInCode(
  door: SignInDoor,
  { token, factorId }: { token: string | null; factorId: string },
): Promise<void> {
  const { id, userId } = await door.database.read('platform', (tx) => findAttemptIn(tx, token, 'factor'));
  await sendCode(door, { userId, purpose: 'sign-in', boundTo: id }, factorId);
}

/** What to ask the browser for: a passkey of the attempt’s person, or without an attempt of anybody; then one begins. */
export async function startPasskeySignIn(
  door: SignInDoor,
  { token, address }: { token: string | null; address: string },
): Promise<{ options: Record<string, unknown>; attemptToken: string | null }> {
  const { database, failures, publicUrl } = door;
  return await database.transaction('platform', async (tx) => {
    const known = await findAttempt(tx, token).catch(ofNobody);
    if (known?.step === 'factor') {
      const place = { boundTo: known.id, purpose: 'sign-in' } as const;
      return {
        options: await askForPasskey(tx, publicUrl, { place, userId: known.userId }),
        attemptToken: null,
      };
    }
    await countNetwork(tx, failures, address);
    await failures.uncount(tx, failures.ofNetwork(address));
    const { attempt, token: attemptToken } = await startAttempt(tx, { userId: null, step: 'passkey' });
    const place = { boundTo: attempt.id, purpose: 'sign-in' } as const;
    return { options: await askForPasskey(tx, publicUrl, { place, userId: null }), attemptToken };
  });
}

function ofNobody(error: unknown): null {
  if (error instanceof Refusal) return null;
  throw error;
}

/** The person of an attempt, if this shows that it is them. */
async function proved(door: SignInDoor, { id, userId, step }: Attempt, proof: FactorProof): Promise<string> {
  if (step !== 'factor' || userId === null) throw new Refusal('signin.attempt-over');
  if (await proveFactor(door, { userId, purpose: 'sign-in', boundTo: id }, proof)) return userId;
  await door.database.transaction('platform', (tx) =>
    recordFailure(tx, 'signin.second-factor-failed', { userId, reason: proof.kind }),
  );
  throw new Refusal('signin.proof-refused');
}

/** Whose passkey this is. One of nobody counts as a guess of the network it came from. */
async function whosePasskey(
  { database, failures, publicUrl }: SignInDoor,
  { id }: Attempt,
  { proof, address }: { proof: FactorProof; address: string },
): Promise<string> {
  const taken = await database.transaction('platform', async (tx) => {
    await countNetwork(tx, failures, address);
    if (proof.kind !== 'passkey') return null;
    const place = { boundTo: id, purpose: 'sign-in' } as const;
    const found = await takePasskey(tx, publicUrl, { place, userId: null, answer: proof.answer });
    if (found !== null) await failures.uncount(tx, failures.ofNetwork(address));
    else await recordFailure(tx, 'signin.failed', { userId: undefined, reason: 'passkey' });
    return found;
  });
  if (taken === null) throw new Refusal('signin.proof-refused');
  return taken.userId;
}
