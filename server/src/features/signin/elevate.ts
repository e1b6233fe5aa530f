import type { Proof, Ways } from '@samtal/contract/signin';
import { Refusal, type SignedIn } from '../../platform/http/index.ts';
import { askForPasskey, hasFactor, proveFactor, readWays, sendCode } from '../factors/index.ts';
import { readSignInDemands } from '../settings/index.ts';
import { elevateSession, lowerSession } from './elevation.ts';
import { proveOwnPassword } from './prove-own-password.ts';
import { recordFailure, recordForPerson } from './record-signin.ts';
import { noteSecondFactor } from './sessions.ts';
import type { SignInDoor } from './door.ts';

/** By what somebody can show anew that it is them. */
export async function readElevationWays(
  { database, keyring }: SignInDoor,
  { userId }: SignedIn,
): Promise<Ways & { password: 'sensitive' | 'own-sign-in' | 'nothing' }> {
  return await database.read('platform', async (tx) => {
    const { allowed, elevationProof } = await readSignInDemands(tx, userId);
    const ways = await readWays(tx, keyring, { userId, allowed });
    if (ways.factors.length > 0) return { ...ways, password: 'nothing' };
    return { ...ways, password: elevationProof === 'second-factor' ? 'own-sign-in' : 'sensitive' };
  });
}

/** Sends a code that is good for elevating this session. */
export async function sendElevationCode(
  door: SignInDoor,
  { userId, sessionId }: SignedIn,
  factorId: string,
): Promise<void> {
  await sendCode(door, { userId, purpose: 'elevate', boundTo: sessionId }, factorId);
}

/** What to ask the browser for. */
export async function startElevationByPasskey(
  { database, publicUrl }: SignInDoor,
  { userId, sessionId }: SignedIn,
): Promise<Record<string, unknown>> {
  const place = { boundTo: sessionId, purpose: 'elevate' } as const;
  return await database.transaction('platform', (tx) => askForPasskey(tx, publicUrl, { place, userId }));
}

/** Lets this session do sensitive work for an hour, for whoever shows anew that it is them. */
export async function elevate(door: SignInDoor, caller: SignedIn, proof: Proof): Promise<Date> {
  if (caller.isEmbedded === true) throw new Refusal('signin.embedded');
  if (!(await isRight(door, caller, proof))) throw new Refusal('signin.proof-refused');
  const until = await door.database.transaction('platform', async (tx) => {
    await recordForPerson(tx, caller.userId, 'signin.elevated', { by: proof.kind });
    if (proof.kind !== 'password') await noteSecondFactor(tx, caller.sessionId);
    return await elevateSession(tx, caller.sessionId, proof.kind);
  });
  if (until === null) throw new Refusal('signin.required');
  return until;
}

async function isRight(door: SignInDoor, caller: SignedIn, proof: Proof): Promise<boolean> {
  const { userId, sessionId } = caller;
  const action = 'signin.elevation-failed';
  // A session that their identity provider began is confirmed there, or by a factor where the provider’s does not count.
  const { federatedOnly } = await door.database.read('platform', (tx) => readSignInDemands(tx, userId));
  if (federatedOnly === 'barred' && proof.kind === 'password') return false;
  if (proof.kind === 'password') {
    // Whoever has something better shows that.
    if (await door.database.read('platform', (tx) => hasFactor(tx, userId))) return false;
    return (await proveOwnPassword(door, caller, { password: proof.password, action })) !== null;
  }
  if (await proveFactor(door, { userId, purpose: 'elevate', boundTo: sessionId }, proof)) return true;
  await door.database.transaction('platform', (tx) =>
    recordFailure(tx, action, { userId, reason: proof.kind }),
  );
  return false;
}

/** Ends the elevation of this session before its time. */
export async function endElevation({ database }: SignInDoor, caller: SignedIn): Promise<void> {
  await database.transaction('platform', async (tx) => {
    await lowerSession(tx, caller.sessionId);
    await recordForPerson(tx, caller.userId, 'signin.elevation-ended');
  });
}
