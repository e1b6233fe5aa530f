import { randomUUID } from 'node:crypto';
import type { FactorProof, Ways } from '@samtal/contract/signin';
import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { newToken, tokenHash } from '../../platform/tokens/index.ts';
import { readAuthorisations } from '../access/index.ts';
import {
  askForPasskey,
  destinationHash,
  proveFactor,
  readWays,
  refuseTooMany,
  sendCode,
  sendCodeByMail,
} from '../factors/index.ts';
import { barredFromOwnSignIn, readSignInDemands } from '../settings/index.ts';
import { endAttemptsOf } from './attempts.ts';
import { renewalLifeS } from './limits.ts';
import { forgetDevices } from './known-devices.ts';
import { refuseUsedPassword } from './password-age.ts';
import { countNetwork } from './prove-password.ts';
import { readIdentity, readIdentityByEmail, readMinLength, type Identity } from './queries.ts';
import { recordFailure, recordForPerson } from './record-signin.ts';
import { endSessions } from './sessions.ts';
import { refuseWeakPassword, replacePasswordHash } from './set-password.ts';
import type { SignInDoor } from './door.ts';

/** Opened by a link. Where it comes from is counted, as with every secret that could be guessed. */
export interface Opening {
  readonly token: string;
  readonly address: string;
}

interface Renewal {
  readonly id: string;
  readonly userId: string;
}

/**
 * Sends a link by which a forgotten password is replaced, if somebody with a password has this address. All that depends on
 * it is done after the answer: neither the answer nor its time tells whether anybody has.
 */
export async function askForRenewal(
  door: SignInDoor,
  { email, address }: { email: string; address: string },
): Promise<void> {
  const { database, failures, messenger, publicUrl } = door;
  await database.transaction('platform', (tx) => countNetwork(tx, failures, address));
  messenger.later(async () => {
    const issued = await database.transaction('platform', (tx) => issueLink(tx, door, email));
    if (issued === null) return;
    // Where it leads was configured: what a request says of its host does not count (attack catalogue 47).
    const link = new URL(`/renewal#${issued.token}`, publicUrl).href;
    await messenger.mail(issued.email, { key: 'renewal', values: { link } });
  });
}

/** One link at a time: a new one ends the one before. Counted like the codes that are sent. */
async function issueLink(
  tx: Tx,
  { keyring }: SignInDoor,
  email: string,
): Promise<{ token: string; email: string } | null> {
  const identity = await readIdentityByEmail(tx, email);
  if (identity === null || identity.passwordHash === null) return null;
  if ((await readAuthorisations(tx, identity.id)).length === 0) return null;
  if ((await readSignInDemands(tx, identity.id)).federatedOnly === 'barred') return null;
  const destination = destinationHash(keyring, 'email', identity.email);
  await refuseTooMany(tx, { userId: identity.id, destination });
  await endLinks(tx, identity.id);
  const token = newToken();
  const id = randomUUID();
  await tx.sql
    .insertInto('one_time_code')
    .values({
      id,
      user_id: identity.id,
      factor_id: null,
      channel: 'email',
      destination,
      purpose: 'renewal-link',
      bound_to: id,
      mac: tokenHash(token),
      expires_at: sql<Date>`now() + make_interval(secs => ${renewalLifeS})`,
    })
    .execute();
  await recordForPerson(tx, identity.id, 'signin.renewal-asked');
  return { token, email: identity.email };
}

/** What the link is for, and what has to be shown beside it. */
export async function openRenewal(
  door: SignInDoor,
  opening: Opening,
): Promise<{ email: string; passwordMinLength: number; proof: (Ways & { mail: boolean }) | null }> {
  const { userId } = await openLink(door, opening);
  return await door.database.read('platform', async (tx) => ({
    email: found(await readIdentity(tx, userId)).email,
    passwordMinLength: await readMinLength(tx, userId, null),
    proof: await neededProof(tx, door, userId),
  }));
}

export async function sendRenewalCode(
  door: SignInDoor,
  { factorId, ...opening }: Opening & { factorId: string | null },
): Promise<void> {
  const { id, userId } = await openLink(door, opening);
  const binding = { userId, purpose: 'renew', boundTo: id } as const;
  if (factorId !== null) return await sendCode(door, binding, factorId);
  const email = await door.database.read('platform', async (tx) => {
    const proof = await neededProof(tx, door, userId);
    return proof?.mail === true ? found(await readIdentity(tx, userId)).email : null;
  });
  await sendCodeByMail(door, binding, found(email));
}

export async function startRenewalByPasskey(
  door: SignInDoor,
  opening: Opening,
): Promise<Record<string, unknown>> {
  const { id, userId } = await openLink(door, opening);
  const place = { boundTo: id, purpose: 'renew' } as const;
  return await door.database.transaction('platform', (tx) =>
    askForPasskey(tx, door.publicUrl, { place, userId }),
  );
}

/** Replaces the password. Every session of the person ends, and so does the link. Answers with the sessions. */
export async function completeRenewal(
  door: SignInDoor,
  { password, proof, ...opening }: Opening & { password: string; proof: FactorProof | null },
): Promise<string[]> {
  const { database, passwords, messenger } = door;
  const renewal = await openLink(door, opening);
  const { userId } = renewal;
  const identity = await database.read('platform', async (tx) => {
    await refuseWeakPassword(tx, { userId, password, pointer: '/body/password' });
    return found(await readIdentity(tx, userId));
  });
  await refuseUnproved(door, renewal, proof);
  await refuseUsedPassword(door, userId, password);
  const hash = await passwords.hash(password);
  const ended = await database.transaction('platform', (tx) =>
    replace(tx, door, { renewal, identity, hash }),
  );
  messenger.mailLater(identity.email, { key: 'password-renewed' });
  return ended;
}

async function replace(
  tx: Tx,
  { failures }: SignInDoor,
  { renewal: { id, userId }, identity, hash }: { renewal: Renewal; identity: Identity; hash: string },
): Promise<string[]> {
  const used = await tx.sql
    .updateTable('one_time_code')
    .set({ ended_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  const { passwordHash: from } = identity;
  if (used === undefined || !(await replacePasswordHash(tx, userId, { from, to: hash })))
    throw new Refusal('signin.renewal-invalid');
  await endAttemptsOf(tx, userId);
  await forgetDevices(tx, userId);
  await failures.forget(tx, failures.ofEmail(identity.email));
  const ended = await endSessions(tx, { userId });
  await recordForPerson(tx, userId, 'signin.password-renewed', { sessionsEnded: ended.length });
  return ended;
}

/** Refuses unless what has to be shown beside the link was shown. */
async function refuseUnproved(
  door: SignInDoor,
  { id, userId }: Renewal,
  proof: FactorProof | null,
): Promise<void> {
  const needed = await door.database.read('platform', (tx) => neededProof(tx, door, userId));
  if (needed === null) return;
  const binding = { userId, purpose: 'renew', boundTo: id } as const;
  if (proof !== null && (await proveFactor(door, binding, proof))) return;
  await door.database.transaction('platform', (tx) =>
    recordFailure(tx, 'signin.renewal-failed', { userId, reason: proof?.kind ?? 'nothing' }),
  );
  throw new Refusal('signin.proof-refused');
}

async function neededProof(
  tx: ReadTx,
  { keyring }: SignInDoor,
  userId: string,
): Promise<(Ways & { mail: boolean }) | null> {
  const { renewalWithCode, allowed } = await readSignInDemands(tx, userId);
  if (!renewalWithCode) return null;
  const ways = await readWays(tx, keyring, { userId, allowed });
  return { ...ways, mail: ways.factors.length === 0 };
}

/** A link that opens nothing counts as a guess of the network it came from. */
async function openLink({ database, failures }: SignInDoor, { token, address }: Opening): Promise<Renewal> {
  const renewal = await database.transaction('platform', async (tx) => {
    await countNetwork(tx, failures, address);
    const row = await tx.sql
      .selectFrom('one_time_code')
      .select(['id', 'user_id as userId'])
      .where('purpose', '=', 'renewal-link')
      .where('mac', '=', tokenHash(token))
      .where('ended_at', 'is', null)
      .where('expires_at', '>', sql<Date>`now()`)
      .where(sql<boolean>`not ${barredFromOwnSignIn(sql<string>`one_time_code.user_id`)}`)
      .executeTakeFirst();
    if (row !== undefined) await failures.uncount(tx, failures.ofNetwork(address));
    return row;
  });
  if (renewal === undefined) throw new Refusal('signin.renewal-invalid');
  return renewal;
}

async function endLinks(tx: Tx, userId: string): Promise<void> {
  await tx.sql
    .updateTable('one_time_code')
    .set({ ended_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('purpose', '=', 'renewal-link')
    .where('ended_at', 'is', null)
    .execute();
}
