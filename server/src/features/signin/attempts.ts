import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { ReadTx, Tables, Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { newToken, tokenHash } from '../../platform/tokens/index.ts';
import { barredFromOwnSignIn } from '../settings/index.ts';
import { attemptLifeS } from './limits.ts';
import type { Voucher } from './sessions.ts';

/*
 * An attempt to sign in, between the password and the session. Nothing is allowed by it but its next step.
 *
 *   factor   the password was right, or a provider vouched for somebody: a second factor is shown            → renew, enrol, or over with a session
 *   renew    the password has expired: another one is chosen             → enrol, or over with a session
 *   enrol    an account demands a factor and there is none: one is added → over with a session
 *   passkey  nobody is known yet: a passkey tells                        → over with a session
 *
 * All of this is in the platform’s scope.
 */
export interface Attempt {
  readonly id: string;
  readonly userId: string | null;
  readonly step: Tables['sign_in_attempt']['step'];
  readonly expiresAt: Date;
  /** The second factor that was shown in it. */
  readonly shown: string | null;
  /** The provider that vouched for its person (C4); null where a password was right, or nobody is known yet. */
  readonly voucher: Voucher | null;
}

/** One in which the person is known. */
export type PersonsAttempt = Attempt & { readonly userId: string };

/** Begins one. The token goes into a cookie of its own, and is the only copy. */
export async function startAttempt(
  tx: Tx,
  { userId, step, voucher = null }: Pick<Attempt, 'userId' | 'step'> & { voucher?: Voucher | null },
): Promise<{ attempt: Attempt; token: string }> {
  const token = tokenNaming(voucher);
  const row = await tx.sql
    .insertInto('sign_in_attempt')
    .values({
      id: randomUUID(),
      user_id: userId,
      token_hash: tokenHash(token),
      step,
      account_id: voucher?.accountId ?? null,
      provider_id: voucher?.providerId ?? null,
      expires_at: sql<Date>`now() + make_interval(secs => ${attemptLifeS})`,
    })
    .returning(['id', 'expires_at'])
    .executeTakeFirstOrThrow();
  return { attempt: { id: row.id, userId, step, expiresAt: row.expires_at, shown: null, voucher }, token };
}

/**
 * A token in which stands what the provider calls the sign-in. It is in the browser’s hands and believed all the same: what is
 * stored is the hash of all of it.
 */
function tokenNaming(voucher: Voucher | null): string {
  const { subject, session = null, qualifiers } = voucher ?? {};
  if (subject === undefined) return newToken();
  return `${newToken()}.${Buffer.from(JSON.stringify({ subject, session, qualifiers })).toString('base64url')}`;
}

/** Of a token that was found. */
function namesIn(token: string): Pick<Voucher, 'subject' | 'session' | 'qualifiers'> {
  const names = token.split('.')[1];
  // We wrote it.
  return names === undefined
    ? {}
    : (JSON.parse(Buffer.from(names, 'base64url').toString()) as Pick<
        Voucher,
        'subject' | 'session' | 'qualifiers'
      >);
}

/** The attempt of this token, while it lasts: it is over when its person may come in by an identity provider alone (C4). */
export async function findAttempt(tx: ReadTx, token: string | null): Promise<Attempt> {
  if (token === null) throw new Refusal('signin.attempt-over');
  const row = await tx.sql
    .selectFrom('sign_in_attempt')
    .select([
      'id',
      'user_id as userId',
      'step',
      'expires_at as expiresAt',
      'shown',
      'account_id as accountId',
      'provider_id as providerId',
    ])
    .where('token_hash', '=', tokenHash(token))
    .where('expires_at', '>', sql<Date>`now()`)
    .where(
      sql<boolean>`(provider_id is not null or not ${barredFromOwnSignIn(sql<string>`sign_in_attempt.user_id`)})`,
    )
    .executeTakeFirst();
  if (row === undefined) throw new Refusal('signin.attempt-over');
  const { accountId, providerId, ...attempt } = row;
  return {
    ...attempt,
    voucher: accountId === null || providerId === null ? null : { accountId, providerId, ...namesIn(token) },
  };
}

/** The same, in this step and of a known person. */
export async function findAttemptIn(
  tx: ReadTx,
  token: string | null,
  step: 'factor' | 'renew' | 'enrol',
): Promise<PersonsAttempt> {
  const attempt = await findAttempt(tx, token);
  const { userId } = attempt;
  if (attempt.step !== step || userId === null) throw new Refusal('signin.attempt-over');
  return { ...attempt, userId };
}

/** Takes an attempt on from the step it was seen in: of several at once one does. */
export async function moveAttempt(
  tx: Tx,
  { id, step }: Attempt,
  to: { readonly step: 'renew' | 'enrol'; readonly shown: string | null },
): Promise<void> {
  const moved = await tx.sql
    .updateTable('sign_in_attempt')
    .set(to)
    .where('id', '=', id)
    .where('step', '=', step)
    .returning('id')
    .executeTakeFirst();
  if (moved === undefined) throw new Refusal('signin.attempt-over');
}

/** Ends an attempt for the session that it led to: of several at once one does. */
export async function endAttempt(tx: Tx, { id }: Attempt): Promise<void> {
  const ended = await tx.sql
    .deleteFrom('sign_in_attempt')
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  if (ended === undefined) throw new Refusal('signin.attempt-over');
}

/** Ends what is under way for a person, whose password is another one now. */
export async function endAttemptsOf(tx: Tx, userId: string): Promise<void> {
  await tx.sql.deleteFrom('sign_in_attempt').where('user_id', '=', userId).execute();
}
