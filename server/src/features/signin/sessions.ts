import { randomUUID } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import {
  isReferenceViolation,
  type NameQualifiers,
  type ReadTx,
  type Tx,
  type Statement,
} from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { newToken, tokenHash } from '../../platform/tokens/index.ts';
import { barredFromOwnSignIn, strictestSetting } from '../settings/index.ts';
import { embeddable } from './embedding.ts';
import { deviceOf, type Device } from './device.ts';
import { csrfTokensKept, sessionTouchS } from './limits.ts';

/*
 * Sessions live in the database, and every instant in them is the database’s: several nodes read them.
 * All of this is in the platform’s scope.
 */

const person = sql<string>`session.user_id`;
const idleMinutes = strictestSetting('signin.session-idle-minutes', person);
const lifeHours = strictestSetting('signin.session-life-hours', person);

/** SQL: when a session ends unless it is used. A stricter setting counts for sessions that have begun already. */
export const idleUntil = sql<Date>`session.used_at + make_interval(mins => ${idleMinutes})`;
const extensionHours = strictestSetting('signin.session-extension-hours', person);
/**
 * SQL: when a session ends however much it is used from now on. Each use extends it to a whole life again, and no
 * further than so many hours after its first.
 */
export const endsAt = sql<Date>`least(session.expires_at, session.used_at + make_interval(hours => ${lifeHours}),
  session.created_at + make_interval(hours => ${lifeHours} + ${extensionHours}))`;

/** SQL: a session that an identity provider began lasts while that lets its person in (C4). */
const vouchedFor = sql<boolean>`(session.provider_id is null or exists (select from identity_provider provider
  join federated_user federated on federated.provider_id = provider.id
  where provider.id = session.provider_id and provider.active and federated.user_id = session.user_id))`;

const showedFactor = sql<boolean>`session.second_factor_at is not null`;
/**
 * SQL: one that somebody began here lasts while no account of theirs wants it begun at its identity provider; that of an exception, where a
 * second factor was shown in it.
 */
const ownAllowed = sql<boolean>`(session.provider_id is not null or not ${barredFromOwnSignIn(person, showedFactor)})`;

/** SQL: one of a frame lasts while its account lets any page have the console in one (C10). */
const frameAllowed = sql<boolean>`(session.embedded_in is null or ${embeddable(sql<string>`session.embedded_in`)})`;

export const alive = sql<boolean>`(session.expires_at > now() and ${idleUntil} > now() and ${endsAt} > now()
  and ${vouchedFor} and ${ownAllowed} and ${frameAllowed})`;

/** SQL: the one account that a session reaches: its provider's, or that in whose frame it was begun. */
export const onlyAccountId = sql<string | null>`coalesce(session.account_id, session.embedded_in)`;

/** SQL: whether a session reaches this account only; null: any. */
export function within(onlyIn: string | null): RawBuilder<boolean> {
  return onlyIn === null ? sql<boolean>`true` : sql<boolean>`${onlyAccountId} = ${onlyIn}::uuid`;
}

/** Whose word a session stands on; it reaches that account only. */
export interface Voucher {
  readonly accountId: string;
  readonly providerId: string;
  /** The person and their session there, where the provider may end it from there. */
  readonly subject?: string;
  readonly session?: string | null;
  /** What belongs to the name of the person (SAML). */
  readonly qualifiers?: NameQualifiers;
}

/** Begins a session. The token is the only copy: what is stored is its hash. */
export async function startSession(
  tx: Tx,
  userId: string,
  {
    device = deviceOf(undefined),
    voucher = null,
    embeddedIn = null,
  }: { device?: Device; voucher?: Voucher | null; embeddedIn?: string | null } = {},
): Promise<{ sessionId: string; token: string }> {
  const sessionId = randomUUID();
  const token = newToken();
  const hoursOf = (key: 'signin.session-life-hours' | 'signin.session-extension-hours') =>
    strictestSetting(key, sql`${userId}::uuid`);
  await tx.sql
    .insertInto('session')
    .values({
      id: sessionId,
      user_id: userId,
      token_hash: tokenHash(token),
      account_id: voucher?.accountId ?? null,
      provider_id: voucher?.providerId ?? null,
      provider_subject: voucher?.subject ?? null,
      provider_session: voucher?.session ?? null,
      provider_qualifiers: voucher?.qualifiers === undefined ? null : JSON.stringify(voucher.qualifiers),
      embedded_in: embeddedIn,
      expires_at: sql<Date>`now() + make_interval(hours => ${hoursOf('signin.session-life-hours')} + ${hoursOf('signin.session-extension-hours')})`,
      ...device,
    })
    .execute();
  return { sessionId, token };
}

/** Begins the session of an operator: in one account, and no longer than they were let in for (B4). */
export async function startOperatorSession(
  tx: Tx,
  {
    accessId,
    accountId,
    endsAt,
    device,
  }: { accessId: string; accountId: string; endsAt: Date; device: Device },
): Promise<{ sessionId: string; token: string }> {
  const sessionId = randomUUID();
  const token = newToken();
  await tx.sql
    .insertInto('session')
    .values({
      id: sessionId,
      user_id: accessId,
      token_hash: tokenHash(token),
      account_id: accountId,
      is_operator: true,
      expires_at: endsAt,
      ...device,
    })
    .execute();
  return { sessionId, token };
}

/** A second factor was shown in this session. */
export async function noteSecondFactor(tx: Tx, sessionId: string): Promise<void> {
  await tx.sql
    .updateTable('session')
    .set({ second_factor_at: sql<Date>`now()` })
    .where('id', '=', sessionId)
    .execute();
}

export interface LivingSession {
  readonly sessionId: string;
  readonly userId: string;
  /** Whether a second factor was shown in it (C2). */
  readonly hasSecondFactor: boolean;
  readonly onlyAccountId: string | null;
  /** Begun in a frame of another page (C10). */
  readonly isEmbedded: boolean;
  readonly isOperator: boolean;
}

/**
 * The session of this token while it lives, or null. Looking at it does not put off its idle end. `embeddedIn`: the account in whose
 * frame it is shown; one that was begun elsewhere is none.
 */
export async function findSession(
  tx: ReadTx,
  token: string,
  embeddedIn: string | null = null,
): Promise<LivingSession | null> {
  const session = await readSession(tx, token, embeddedIn);
  return session === null ? null : livingOf(session);
}

/** The same, used by the person: that puts off its idle end. */
export async function useSession(
  tx: Tx,
  token: string,
  embeddedIn: string | null = null,
): Promise<LivingSession | null> {
  const session = await readSession(tx, token, embeddedIn);
  if (session === null) return null;
  if (session.stale) await touchSession(tx, session.sessionId);
  return livingOf(session);
}

function livingOf(session: LivingSession): LivingSession {
  const { sessionId, userId, hasSecondFactor, onlyAccountId: only, isEmbedded, isOperator } = session;
  return { sessionId, userId, hasSecondFactor, onlyAccountId: only, isEmbedded, isOperator };
}

async function readSession(
  tx: ReadTx,
  token: string,
  embeddedIn: string | null,
): Promise<(LivingSession & { stale: boolean }) | null> {
  const session = await tx.sql
    .selectFrom('session')
    .select([
      'id as sessionId',
      'user_id as userId',
      sql<boolean>`second_factor_at is not null`.as('hasSecondFactor'),
      onlyAccountId.as('onlyAccountId'),
      sql<boolean>`embedded_in is not null`.as('isEmbedded'),
      'is_operator as isOperator',
      sql<boolean>`used_at < now() - make_interval(secs => ${sessionTouchS})`.as('stale'),
    ])
    .where('token_hash', '=', tokenHash(token))
    .where('embedded_in', 'is not distinct from', embeddedIn)
    .where(alive)
    .executeTakeFirst();
  return session ?? null;
}

/** Puts off the idle end of a session that is used otherwise than by HTTP requests. */
export async function touchSession(tx: Tx, sessionId: string): Promise<void> {
  await tx.sql
    .updateTable('session')
    .set({ used_at: sql<Date>`now()` })
    .where('id', '=', sessionId)
    .where(alive)
    .where(sql<boolean>`used_at < now() - make_interval(secs => ${sessionTouchS})`)
    .execute();
}

/** Which of these sessions still live. */
export async function livingSessions(tx: Tx, sessionIds: readonly string[]): Promise<Set<string>> {
  if (sessionIds.length === 0) return new Set();
  const rows = await tx.sql
    .selectFrom('session')
    .select('id')
    .where('id', 'in', [...sessionIds])
    .where(alive)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** Ends a person’s sessions, but one if that is named, and only those that reach one account alone if that is. */
export async function endSessions(
  tx: Tx,
  { userId, except, onlyIn = null }: { userId: string; except?: string; onlyIn?: string | null },
): Promise<string[]> {
  let query = tx.sql.deleteFrom('session').where('user_id', '=', userId).where(within(onlyIn));
  if (except !== undefined) query = query.where('id', '<>', except);
  return (await query.returning('id').execute()).map(({ id }) => id);
}

/** A CSRF token for one more page of the session. Refuses with signin.required when the session has ended since it was read. */
export async function issueCsrfToken(tx: Tx, sessionId: string): Promise<string> {
  const token = newToken();
  try {
    await tx.run(issueToken, [sessionId, tokenHash(token)]);
  } catch (error) {
    if (isReferenceViolation(error)) throw new Refusal('signin.required');
    throw error;
  }
  return token;
}

// Not the transaction’s instant: two tokens of one transaction must have an order. What is deleted is looked for before the new one is there.
const issueToken: Statement = {
  name: 'signin-issue-csrf-token',
  text: `with issued as (
      insert into csrf_token (session_id, token_hash, created_at) values ($1, $2, clock_timestamp()))
    delete from csrf_token where session_id = $1 and token_hash in (
      select token_hash from csrf_token where session_id = $1 order by created_at desc offset ${csrfTokensKept - 1})`,
};

/** Whether the session was given this CSRF token. */
export async function isCsrfTokenOf(tx: Tx, sessionId: string, token: string): Promise<boolean> {
  const row = await tx.sql
    .selectFrom('csrf_token')
    .select('session_id')
    .where('session_id', '=', sessionId)
    .where('token_hash', '=', tokenHash(token))
    .executeTakeFirst();
  return row !== undefined;
}
