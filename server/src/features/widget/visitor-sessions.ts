import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Database, ReadTx, Tx } from '../../platform/database/index.ts';

/** A visitor's session: all that is known of the visitor (D2). */
export interface VisitorSession {
  readonly accountId: string;
  readonly visitorId: string;
  readonly siteId: string;
  readonly expiresAt: Date;
}

interface Place {
  readonly accountId: string;
  readonly siteId: string;
  readonly sessionLifeMinutes: number;
}

export async function createVisitorSession(
  tx: Tx,
  site: Place,
): Promise<{ token: string; visitorId: string; expiresAt: Date }> {
  const token = randomBytes(32).toString('base64url');
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
    })
    .execute();
  return { token, visitorId, expiresAt };
}

/** The session of this token on this site, while it lives. */
export async function findVisitorSession(
  tx: ReadTx,
  site: Place,
  token: string,
): Promise<VisitorSession | null> {
  const row = await tx.sql
    .selectFrom('visitor_session')
    .selectAll()
    .where('account_id', '=', site.accountId)
    .where('token_hash', '=', hashed(token))
    .executeTakeFirst();
  if (row === undefined || row.site_id !== site.siteId || row.expires_at <= new Date()) return null;
  return { accountId: site.accountId, visitorId: row.id, siteId: row.site_id, expiresAt: row.expires_at };
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

export async function deleteVisitorSession(tx: Tx, account: string, visitorId: string): Promise<void> {
  await tx.sql
    .deleteFrom('visitor_session')
    .where('account_id', '=', account)
    .where('id', '=', visitorId)
    .execute();
}

export async function visitorSessionStands(tx: ReadTx, account: string, visitorId: string): Promise<boolean> {
  const row = await tx.sql
    .selectFrom('visitor_session')
    .select('expires_at')
    .where('account_id', '=', account)
    .where('id', '=', visitorId)
    .executeTakeFirst();
  return row !== undefined && row.expires_at > new Date();
}

function lifeEnd({ sessionLifeMinutes }: { sessionLifeMinutes: number }): Date {
  return new Date(Date.now() + sessionLifeMinutes * 60_000);
}

function hashed(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
