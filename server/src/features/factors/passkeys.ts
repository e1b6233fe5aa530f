import { isIP } from 'node:net';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import type { Binding } from './binding.ts';
import { codeLifeS } from './policy.ts';
import { readFactors, type FactorRow } from './queries.ts';

/** Where a challenge is good: the purpose of a binding, or a sign-in in which nobody is known yet. */
type Place = Pick<Binding, 'boundTo' | 'purpose'>;

/** EdDSA, ES256 and RS256, which every authenticator has one of (COSE). */
const algorithms = [-8, -7, -257];

/** Read when the first passkey needs it: it and what reads certificates for it are an eighth of what a node loads. */
const webAuthn = async () => await import('@simplewebauthn/server');

/** Passkeys belong to a name and never to an address (WebAuthn, section 5.1.2): without one there are none. */
export function passkeysWorkAt(publicUrl: URL): boolean {
  return isIP(publicUrl.hostname.replace(/^\[|\]$/g, '')) === 0;
}

/** What the browser is asked for when a passkey is added. Whoever holds it shows each time that it is them. */
export async function askForNewPasskey(
  tx: Tx,
  publicUrl: URL,
  { binding, email, name }: { binding: Binding; email: string; name: string },
): Promise<Record<string, unknown>> {
  const { generateRegistrationOptions } = await webAuthn();
  const options = await generateRegistrationOptions({
    rpName: 'Samtal',
    rpID: publicUrl.hostname,
    userID: Uint8Array.from(Buffer.from(binding.userId)),
    userName: email,
    userDisplayName: name,
    attestationType: 'none',
    supportedAlgorithmIDs: algorithms,
    excludeCredentials: await credentialsOf(tx, binding.userId),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  await keepChallenge(tx, binding, options.challenge);
  return { ...options };
}

/** What the browser is asked for when somebody shows a passkey; null as a person: any that it has for us. */
export async function askForPasskey(
  tx: Tx,
  publicUrl: URL,
  { place, userId }: { place: Place; userId: string | null },
): Promise<Record<string, unknown>> {
  const { generateAuthenticationOptions } = await webAuthn();
  const options = await generateAuthenticationOptions({
    rpID: publicUrl.hostname,
    userVerification: 'required',
    ...(userId === null ? {} : { allowCredentials: await credentialsOf(tx, userId) }),
  });
  await keepChallenge(tx, place, options.challenge);
  return { ...options };
}

/** The new passkey, if it answers what was asked; null otherwise. A challenge is good once, whatever comes of it. */
export async function takeNewPasskey(
  tx: Tx,
  publicUrl: URL,
  { place, answer }: { place: Place; answer: Record<string, unknown> },
): Promise<Pick<FactorRow, 'credential_id' | 'public_key' | 'counter' | 'transports'> | null> {
  const expectedChallenge = await takeChallenge(tx, place);
  if (expectedChallenge === null) return null;
  const { verifyRegistrationResponse } = await webAuthn();
  const verified = await verifyRegistrationResponse({
    response: answer as unknown as RegistrationResponseJSON,
    expectedChallenge,
    expectedOrigin: publicUrl.origin,
    expectedRPID: publicUrl.hostname,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
  }).catch(unfit);
  if (verified?.registrationInfo === undefined) return null;
  const { id, publicKey, counter, transports } = verified.registrationInfo.credential;
  if ((await readByCredential(tx, id)) !== null) return null;
  return {
    credential_id: id,
    public_key: Buffer.from(publicKey),
    counter: String(counter),
    transports: transports ?? [],
  };
}

/** Whose passkey answered what was asked; null when it is nobody’s, or not this person’s. */
export async function takePasskey(
  tx: Tx,
  publicUrl: URL,
  { place, userId, answer }: { place: Place; userId: string | null; answer: Record<string, unknown> },
): Promise<{ userId: string; factorId: string } | null> {
  const expectedChallenge = await takeChallenge(tx, place);
  const factor = typeof answer['id'] === 'string' ? await readByCredential(tx, answer['id']) : null;
  if (expectedChallenge === null || factor === null || factor.public_key === null) return null;
  if (userId !== null && factor.user_id !== userId) return null;
  const { verifyAuthenticationResponse } = await webAuthn();
  const verified = await verifyAuthenticationResponse({
    response: answer as unknown as AuthenticationResponseJSON,
    expectedChallenge,
    expectedOrigin: publicUrl.origin,
    expectedRPID: publicUrl.hostname,
    requireUserVerification: true,
    credential: {
      id: factor.credential_id ?? '',
      publicKey: Uint8Array.from(factor.public_key),
      counter: Number(factor.counter),
    },
  }).catch(unfit);
  if (verified?.verified !== true) return null;
  const noted = await noteCounter(tx, factor, verified.authenticationInfo.newCounter);
  return noted ? { userId: factor.user_id, factorId: factor.id } : null;
}

/** Of two answers with the same counter one counts. Authenticators that do not count say 0 always. */
async function noteCounter(tx: Tx, { id }: FactorRow, counter: number): Promise<boolean> {
  const noted = await tx.sql
    .updateTable('factor')
    .set({ counter: String(counter), last_used_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where(sql<boolean>`(counter < ${counter} or ${counter} = 0)`)
    .returning('id')
    .executeTakeFirst();
  return noted !== undefined;
}

async function readByCredential(tx: ReadTx, credentialId: string): Promise<FactorRow | null> {
  const row = await tx.sql
    .selectFrom('factor')
    .selectAll()
    .where('credential_id', '=', credentialId)
    .where('begun_in', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

async function credentialsOf(tx: ReadTx, userId: string): Promise<{ id: string; transports: string[] }[]> {
  return (await readFactors(tx, userId)).flatMap(({ credentialId, transports }) =>
    credentialId === null ? [] : [{ id: credentialId, transports: [...(transports ?? [])] }],
  );
}

async function keepChallenge(tx: Tx, { boundTo, purpose }: Place, challenge: string): Promise<void> {
  const expires_at = sql<Date>`now() + make_interval(secs => ${codeLifeS})`;
  await tx.sql
    .insertInto('passkey_challenge')
    .values({ bound_to: boundTo, purpose, challenge, expires_at })
    .onConflict((conflict) =>
      conflict.columns(['bound_to', 'purpose']).doUpdateSet({ challenge, expires_at }),
    )
    .execute();
}

async function takeChallenge(tx: Tx, { boundTo, purpose }: Place): Promise<string | null> {
  const taken = await tx.sql
    .deleteFrom('passkey_challenge')
    .where('bound_to', '=', boundTo)
    .where('purpose', '=', purpose)
    .returning(['challenge', sql<boolean>`expires_at > now()`.as('isGood')])
    .executeTakeFirst();
  return taken?.isGood === true ? taken.challenge : null;
}

/** What the library throws is about what somebody sent, and no fault of ours. */
function unfit(): null {
  return null;
}
