import type { Session } from '@samtal/contract/signin';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { readAuthorisations } from '../access/index.ts';
import { sessionIdleS } from './limits.ts';
import { readIdentity } from './queries.ts';
import { issueCsrfToken } from './sessions.ts';

/** The session as the console is told of it, with a CSRF token for the page that asks. In the platform’s scope. */
export async function describeSession(tx: Tx, sessionId: string): Promise<Session> {
  const session = await tx.sql
    .selectFrom('session')
    .select(['user_id', 'used_at', 'expires_at'])
    .where('id', '=', sessionId)
    .executeTakeFirst();
  const identity = session === undefined ? null : await readIdentity(tx, session.user_id);
  // It ended between admission and here.
  if (session === undefined || identity === null) throw new Refusal('signin.required');
  const idleUntil = new Date(
    Math.min(session.used_at.getTime() + sessionIdleS * 1000, session.expires_at.getTime()),
  );
  return {
    user: { id: identity.id, email: identity.email, name: identity.name },
    accounts: await readAuthorisations(tx, identity.id),
    csrfToken: await issueCsrfToken(tx, sessionId),
    idleUntil: idleUntil.toISOString(),
    expiresAt: session.expires_at.toISOString(),
  };
}
