import type { Session, SignInStep } from '@samtal/contract/signin';
import type { Statement, Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { readAuthorisations } from '../access/index.ts';
import { admittedSomewhere } from './admit-member.ts';
import { hasFactor, type Wording } from '../factors/index.ts';
import { readSignInDemands } from '../settings/index.ts';
import { startAttempt } from './attempts.ts';
import { beginSession, type Arrival } from './begin-session.ts';
import { noticeBreakGlass } from './break-glass.ts';
import { demandedStep } from './demanded-step.ts';
import { describeSession } from './describe-session.ts';
import { describeStep } from './describe-step.ts';
import type { SignInDoor } from './door.ts';
import { mayBeEmbedded } from './embedding.ts';
import { rememberDevice, remembersFactor } from './known-devices.ts';
import { forgiveAttempt, provePassword, type Attempt } from './prove-password.ts';
import { recordFailure, recordForPerson } from './record-signin.ts';
import { noteSecondFactor } from './sessions.ts';

/** What comes of a step: a session, or an attempt with its next step. The tokens go into cookies. */
export type SignedInOr =
  /** `browser` is by which the browser is known again; null: it is not. */
  | { readonly token: string; readonly session: Session; readonly browser: string | null }
  | { readonly attemptToken: string | null; readonly step: SignInStep };

/**
 * Begins a session for who knows the password, and may work in at least one account; where a second factor is needed, an
 * attempt in which it is shown or added.
 */
export async function signIn(door: SignInDoor, attempt: Attempt, arrival: Arrival): Promise<SignedInOr> {
  const proof = await provePassword(door, attempt);
  const begun = await door.database.transaction('platform', async (tx) => {
    if (!proof.right) {
      await recordFailure(tx, 'signin.failed', { userId: proof.identity?.id, reason: proof.reason });
      return null;
    }
    const userId = proof.identity.id;
    const [{ secondFactor, federatedOnly }, has] = await Promise.all([
      readSignInDemands(tx, userId),
      hasFactor(tx, userId),
    ]);
    // In an emergency it is shown each time.
    const mayRemember = federatedOnly === 'no';
    const isAsked =
      has &&
      secondFactor !== 'off' &&
      !(mayRemember && (await remembersFactor(tx, userId, arrival.browser ?? null)));
    // Whoever is asked for a factor next may be let in by it from where they are; adding one on the way in lets nobody in.
    const from = { address: attempt.address, hasSecondFactor: isAsked };
    if (!(await mayWork(tx, userId, from))) return null;
    await forgiveAttempt(tx, door.failures, { address: attempt.address, counted: proof.counted });
    return await goOn(tx, door, { userId, isAsked, arrival });
  });
  // Whatever the reason was, it is not told.
  if (begun === null) throw new Refusal('signin.refused');
  if ('refused' in begun) throw new Refusal(begun.refused);
  return begun;
}

/**
 * Whether the person may come in by what is theirs (C4), and work in an account at all from where they come from (C5); if not,
 * that is on the trail. Every way in that an identity provider has no part in passes here.
 */
export async function mayWork(
  tx: Tx,
  userId: string,
  from: { readonly address: string; readonly hasSecondFactor: boolean },
): Promise<boolean> {
  const { federatedOnly } = await readSignInDemands(tx, userId);
  if (federatedOnly === 'barred' || (federatedOnly === 'except' && !from.hasSecondFactor)) {
    await recordFailure(tx, 'signin.failed', { userId, reason: 'federated-only' });
    return false;
  }
  const accounts = await readAuthorisations(tx, userId);
  const reason = accounts.length === 0 ? 'inactive' : 'network';
  if (await admittedSomewhere(tx, accounts, from)) return true;
  await recordFailure(tx, 'signin.failed', { userId, reason });
  return false;
}

async function goOn(
  tx: Tx,
  door: SignInDoor,
  { userId, isAsked, arrival }: { userId: string; isAsked: boolean; arrival: Arrival },
): Promise<SignedInOr | NotBegun> {
  const step = isAsked ? 'factor' : await demandedStep(tx, userId, { byPassword: true });
  if (step === null) return await begin(tx, door, { userId, arrival });
  const { attempt, token } = await startAttempt(tx, { userId, step });
  return { attemptToken: token, step: await describeStep(tx, door, { ...attempt, userId }) };
}

/** Why there is no session, for a person who has shown who they are. */
export interface NotBegun {
  readonly refused:
    | 'signin.refused'
    | 'signin.mobile-blocked'
    | 'signin.session-limit'
    | 'signin.embedding-off';
}

/** Why there is no room for a session, as it is told. */
export const noSession = {
  mobile: 'signin.mobile-blocked',
  sessions: 'signin.session-limit',
  person: 'signin.refused',
} as const;

/** Begins a session, where there is room for one. `factor` is what was shown beside the password, or in its place. */
export async function begin(
  tx: Tx,
  { database, messenger }: Pick<SignInDoor, 'database' | 'messenger'>,
  { userId, arrival, factor }: { userId: string; arrival: Arrival; factor?: string },
): Promise<{ token: string; session: Session; browser: string } | NotBegun> {
  const { embeddedIn = null } = arrival;
  if (embeddedIn !== null && !(await mayBeEmbedded(tx, embeddedIn))) {
    await recordFailure(tx, 'signin.failed', { userId, reason: 'frame' });
    return { refused: 'signin.embedding-off' };
  }
  const begun = await beginSession(tx, userId, arrival);
  if ('full' in begun) {
    await recordFailure(tx, 'signin.failed', { userId, reason: begun.full });
    return { refused: noSession[begun.full] };
  }
  const { sessionId, token, ended } = begun;
  if (factor !== undefined) await noteSecondFactor(tx, sessionId);
  const withFactor = factor !== undefined;
  const { browser, isNews } = await rememberDevice(tx, userId, {
    browser: arrival.browser ?? null,
    withFactor,
  });
  tx.send(noteSignIn, [userId]);
  const details = {
    sessionsEnded: ended,
    ...(factor === undefined ? {} : { factor }),
    ...(isNews ? { newDevice: true } : {}),
  };
  await recordForPerson(tx, userId, 'signin.signed-in', details);
  if ((await readSignInDemands(tx, userId)).federatedOnly === 'except')
    await noticeBreakGlass(tx, { database, messenger }, userId);
  const session = await describeSession(tx, sessionId);
  if (isNews) tx.afterCommit(() => messenger.noticeLater(session.user.email, newDevice(arrival)));
  return { token, session, browser };
}

const noteSignIn: Statement = {
  name: 'signin-note-sign-in',
  text: `update membership
    set last_sign_in_at = now(), last_active_on = (now() at time zone 'UTC')::date, unused_notice = null
    where user_id = $1 and status = 'active'`,
};

/** To the person, in the words that the browser says of itself; of where it was nothing is known. */
function newDevice({ device: { browser, system } }: Arrival): Wording {
  const device = [browser, system].filter((word) => word !== null).join(', ');
  const at = `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return { key: 'new-device', values: { device: device === '' ? '?' : device, at } };
}
