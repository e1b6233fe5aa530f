import type { Session } from '@samtal/contract/signin';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { readAuthorisations, readOperatorHolder } from '../access/index.ts';
import { readMinLength } from './queries.ts';
import { elevatedUntil } from './elevation.ts';
import { endsAt, idleUntil, issueCsrfToken, onlyAccountId } from './sessions.ts';

/** The session as the console is told of it, with a CSRF token for the page that asks. In the platform’s scope. */
export async function describeSession(tx: Tx, sessionId: string): Promise<Session> {
  const session = await tx.sql
    .selectFrom('session')
    .innerJoin('identity', 'identity.id', 'session.user_id')
    .select([
      'identity.id as userId',
      'identity.email',
      'identity.name',
      onlyAccountId.as('onlyAccountId'),
      'provider_id as providerId',
      'is_operator as isOperator',
      elevatedUntil.as('elevatedUntil'),
      idleUntil.as('idleUntil'),
      endsAt.as('endsAt'),
    ])
    .where('session.id', '=', sessionId)
    .executeTakeFirst();
  // It ended between admission and here.
  if (session === undefined) throw new Refusal('signin.required');
  const { userId, email, name } = session;
  const operator = session.isOperator ? await readOperatorHolder(tx, userId) : null;
  // Let in no longer, though the session has not been looked at since.
  if (session.isOperator && operator === null) throw new Refusal('signin.required');
  const ends = session.endsAt;
  const idle = session.idleUntil < ends ? session.idleUntil : ends;
  const [accounts, passwordMinLength, csrfToken] = await Promise.all([
    operator === null ? readAuthorisations(tx, userId) : [],
    readMinLength(tx, userId, null),
    issueCsrfToken(tx, sessionId),
  ]);
  return {
    user: { id: userId, email, name },
    accounts:
      operator === null
        ? accounts.filter(({ id }) => (session.onlyAccountId ?? id) === id)
        : [
            {
              id: operator.accountId,
              name: operator.accountName,
              authorisations: [...operator.grant.authorisations],
            },
          ],
    passwordMinLength,
    csrfToken,
    idleUntil: idle.toISOString(),
    expiresAt: ends.toISOString(),
    elevatedUntil: session.elevatedUntil?.toISOString() ?? null,
    providerId: session.providerId,
    operator: operator === null ? null : { endsAt: operator.endsAt.toISOString() },
  };
}
