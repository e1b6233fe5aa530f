import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, ReadTx, Tx } from '../../platform/database/index.ts';
import { recordFact } from '../../platform/facts/index.ts';
import { deriveKey, seal, unseal } from '../../platform/keys/index.ts';

/** A visitor's session: all that is known of the visitor (D2), but for what a ticket says (C9). */
export interface VisitorSession {
  readonly accountId: string;
  readonly visitorId: string;
  readonly siteId: string;
  readonly expiresAt: Date;
  /** Grows with each ticket, which gives the session another token: what was begun with an earlier one is over. */
  readonly renewals: number;
}

/** Who the visitor of a session is, by a ticket. */
export interface Customer {
  /** An HMAC of what the ticket calls them. */
  readonly known: Buffer;
  /** What it says of attributes that the account has declared. */
  readonly values: Readonly<Record<string, string>>;
}

interface Place {
  readonly accountId: string;
  readonly siteId: string;
  readonly sessionLifeMinutes: number;
}

export interface BegunSession {
  readonly token: string;
  readonly visitorId: string;
  readonly expiresAt: Date;
}

export async function createVisitorSession(
  tx: Tx,
  site: Place,
  customer: Customer | null = null,
): Promise<BegunSession> {
  const token = newToken();
  const visitorId = randomUUID();
  const expiresAt = lifeEnd(site);
  await tx.sql
    .insertInto('visitor_session')
    .values({
      account_id: site.accountId,
      id: visitorId,
      site_id: site.siteId,
      token_hash: hashed(token),
      expires_at: expiresAt,
      ...(customer === null ? {} : columnsOf(customer, { accountId: site.accountId, visitorId, token })),
    })
    .execute();
  recordFact(tx, site.accountId, { kind: 'session-begun', siteId: site.siteId });
  return { token, visitorId, expiresAt };
}

/**
 * Gives a session that has become a customer's another token: whoever knew the old one is out (session fixation). Null where it
 * was renewed meanwhile.
 */
export async function renewVisitorSession(
  tx: Tx,
  site: Place,
  { before: { visitorId, renewals }, customer }: { before: StandingSession; customer: Customer },
): Promise<BegunSession | null> {
  const token = newToken();
  const expiresAt = lifeEnd(site);
  const renewed = await tx.sql
    .updateTable('visitor_session')
    .set({
      token_hash: hashed(token),
      expires_at: expiresAt,
      renewals: sql<number>`renewals + 1`,
      ...columnsOf(customer, { accountId: site.accountId, visitorId, token }),
    })
    .where('account_id', '=', site.accountId)
    .where('id', '=', visitorId)
    .where('renewals', '=', renewals)
    .executeTakeFirst();
  return renewed.numUpdatedRows === 1n ? { token, visitorId, expiresAt } : null;
}

/** A living session, with what tells whether it is a customer's, and whether it was renewed since. */
export interface StandingSession {
  readonly visitorId: string;
  readonly customer: Buffer | null;
  readonly renewals: number;
}

/** The living session of this token; null where there is none. */
export async function standingSession(
  tx: ReadTx,
  site: Place,
  token: string,
): Promise<StandingSession | null> {
  return (await standing(tx, site).where('token_hash', '=', hashed(token)).executeTakeFirst()) ?? null;
}

/** The newest living session of a customer; null where there is none. */
export async function sessionOfCustomer(
  tx: ReadTx,
  site: Place,
  known: Buffer,
): Promise<StandingSession | null> {
  const sessions = standing(tx, site).where('customer', '=', known).orderBy('verified_at', 'desc');
  return (await sessions.limit(1).executeTakeFirst()) ?? null;
}

function standing(tx: ReadTx, site: Place) {
  return tx.sql
    .selectFrom('visitor_session')
    .select(['id as visitorId', 'customer', 'renewals'])
    .where('account_id', '=', site.accountId)
    .where('site_id', '=', site.siteId)
    .where('expires_at', '>', new Date());
}

/** What a ticket said about the visitor of a session, which only the session's token opens; null where none did. */
export async function readCustomer(
  tx: ReadTx,
  accountId: string,
  { visitorId, token }: { visitorId: string; token: string },
): Promise<{ verifiedAt: Date; values: Record<string, string> } | null> {
  const row = await tx.sql
    .selectFrom('visitor_session')
    .select(['claims', 'verified_at'])
    .where('account_id', '=', accountId)
    .where('id', '=', visitorId)
    .where('token_hash', '=', hashed(token))
    .executeTakeFirst();
  if (row === undefined || row.claims === null || row.verified_at === null) return null;
  const opened = unseal(keyFrom(token), claimsOf(accountId, visitorId), row.claims).toString();
  // Written by `columnsOf`, and authenticated.
  return { verifiedAt: row.verified_at, values: JSON.parse(opened) as Record<string, string> };
}

function columnsOf(
  { known, values }: Customer,
  { accountId, visitorId, token }: { accountId: string; visitorId: string; token: string },
) {
  const claims = seal(keyFrom(token), claimsOf(accountId, visitorId), Buffer.from(JSON.stringify(values)));
  return { customer: known, claims, verified_at: sql<Date>`now()` };
}

const claimsOf = (account: string, visitorId: string) => ({
  account,
  object: visitorId,
  record: 'visitor-session',
  field: 'claims',
});

/** 256 random bits make a key; the database has their hash alone, which is no way to it. */
const keyFrom = (token: string) => deriveKey(Buffer.from(token, 'base64url'), 1);

const newToken = () => randomBytes(32).toString('base64url');

/** The session of this token on this site, while it lives and so many minutes longer. */
export async function findVisitorSession(
  tx: ReadTx,
  site: Place,
  { token, minutesAfterSession = 0 }: { token: string; minutesAfterSession?: number },
): Promise<VisitorSession | null> {
  const row = await tx.sql
    .selectFrom('visitor_session')
    .selectAll()
    .where('account_id', '=', site.accountId)
    .where('token_hash', '=', hashed(token))
    .executeTakeFirst();
  const since = new Date(Date.now() - minutesAfterSession * 60_000);
  if (row === undefined || row.site_id !== site.siteId || row.expires_at <= since) return null;
  const { id: visitorId, site_id: siteId, expires_at: expiresAt, renewals } = row;
  return { accountId: site.accountId, visitorId, siteId, expiresAt, renewals };
}

/** Contact keeps a session alive: it ends so many minutes after the last (E3). Ended sessions stay ended. */
export async function prolongVisitorSessions(
  database: Database,
  account: string,
  sessions: readonly { visitorId: string; sessionLifeMinutes: number }[],
): Promise<void> {
  const byLife = Map.groupBy(sessions, (session) => session.sessionLifeMinutes);
  await database.transaction(account, async (tx) => {
    for (const [sessionLifeMinutes, group] of byLife) {
      await tx.sql
        .updateTable('visitor_session')
        .set({ expires_at: lifeEnd({ sessionLifeMinutes }) })
        .where('account_id', '=', account)
        .where(
          'id',
          'in',
          group.map((session) => session.visitorId),
        )
        .where('expires_at', '>', new Date())
        .execute();
    }
  });
}

/**
 * Ends a session. Its id and its token stay known for a while, as those of a session that ran out: by them the visitor can still rate
 * the conversation. What a ticket said does not stay.
 */
export async function endVisitorSession(tx: Tx, account: string, visitorId: string): Promise<void> {
  await tx.sql
    .updateTable('visitor_session')
    .set({
      expires_at: sql<Date>`least(expires_at, now())`,
      customer: null,
      claims: null,
      verified_at: null,
    })
    .where('account_id', '=', account)
    .where('id', '=', visitorId)
    .execute();
}

/** Ends a session and leaves nothing of it. */
export async function deleteVisitorSession(tx: Tx, account: string, visitorId: string): Promise<void> {
  await tx.sql
    .deleteFrom('visitor_session')
    .where('account_id', '=', account)
    .where('id', '=', visitorId)
    .execute();
}

/** Whether the session lives, and its token is still the one that it was found by. */
export async function visitorSessionStands(
  tx: ReadTx,
  account: string,
  { visitorId, renewals }: Pick<VisitorSession, 'visitorId' | 'renewals'>,
): Promise<boolean> {
  const row = await tx.sql
    .selectFrom('visitor_session')
    .select(['expires_at', 'renewals'])
    .where('account_id', '=', account)
    .where('id', '=', visitorId)
    .executeTakeFirst();
  return row !== undefined && row.expires_at > new Date() && row.renewals === renewals;
}

function lifeEnd({ sessionLifeMinutes }: { sessionLifeMinutes: number }): Date {
  return new Date(Date.now() + sessionLifeMinutes * 60_000);
}

function hashed(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
