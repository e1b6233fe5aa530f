import type { Session } from '@samtal/contract/signin';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { readAuthorisations, readOperatorHolder } from '../access/index.ts';
import { readIdentity, readMinLength } from './queries.ts';
import { elevatedUntil } from './elevation.ts';
import { endsAt, idleUntil, issueCsrfToken, onlyAccountId } from './sessions.ts';

/** The session as the console is told of it, with a CSRF token for the page that asks. In the platform’s scope. */
export async function describeSession(tx: Tx, sessionId: string): Promise<Session> {
  const session = await tx.sql
    .selectFrom('session')
    .select([
      'user_id',
      onlyAccountId.as('onlyAccountId'),
      'provider_id as providerId',
      'is_operator as isOperator',
      elevatedUntil.as('elevatedUntil'),
      idleUntil.as('idleUntil'),
      endsAt.as('endsAt'),
    ])
    .where('id', '=', sessionId)
    .executeTakeFirst();
  const identity = session === undefined ? null : await readIdentity(tx, session.user_id);
  // It ended between admission and here.
  if (session === undefined || identity === null) throw new Refusal('signin.required');
  const operator = session.isOperator ? await readOperatorHolder(tx, identity.id) : null;
  // Let in no longer, though the session has not been looked at since.
  if (session.isOperator && operator === null) throw new Refusal('signin.required');
  const ends = session.endsAt;
  const idle = session.idleUntil < ends ? session.idleUntil : ends;
  return {
    user: { id: identity.id, email: identity.email, name: identity.name },
    accounts:
      operator === null
        ? (await readAuthorisations(tx, identity.id)).filter(({ id }) => (session.onlyAccountId ?? id) === id)
        : [
            {
              id: operator.accountId,
              name: operator.accountName,
              authorisations: [...operator.grant.authorisations],
            },
          ],
    passwordMinLength: await readMinLength(tx, identity.id, null),
    csrfToken: await issueCsrfToken(tx, sessionId),
    idleUntil: idle.toISOString(),
    expiresAt: ends.toISOString(),
    elevatedUntil: session.elevatedUntil?.toISOString() ?? null,
    providerId: session.providerId,
    operator: operator === null ? null : { endsAt: operator.endsAt.toISOString() },
  };
}
