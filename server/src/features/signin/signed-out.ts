import { sql } from 'kysely';
import type { NameQualifiers, Tx } from '../../platform/database/index.ts';
import { newToken, tokenHash } from '../../platform/tokens/index.ts';

/** A browser goes on at once. */
const lifeS = 120;

/** By which names a session that has ended was known at its provider. */
export interface SignedOut {
  readonly subject: string;
  readonly session: string | null;
  readonly qualifiers: NameQualifiers | null;
}

/**
 * Keeps of a session that is about to end what its provider has to be told, where the two have agreed on that by SAML (C4). The
 * token is the only copy. Null: nothing has to be told. In the platform’s scope.
 */
export async function noteSignedOut(tx: Tx, sessionId: string): Promise<string | null> {
  const session = await tx.sql
    .selectFrom('session')
    .innerJoin('identity_provider as provider', 'provider.id', 'session.provider_id')
    .select([
      'provider.account_id as accountId',
      'provider.id as providerId',
      'session.provider_subject as subject',
      'session.provider_session as session',
      'session.provider_qualifiers as qualifiers',
    ])
    .where('session.id', '=', sessionId)
    .where(sql<boolean>`(provider.saml ->> 'signsOutThere')::boolean`)
    .where(sql<boolean>`provider.saml ->> 'signOutUrl' is not null`)
    .executeTakeFirst();
  if (session === undefined || session.subject === null) return null;
  const token = newToken();
  await tx.sql
    .insertInto('signed_out')
    .values({
      token_hash: tokenHash(token),
      account_id: session.accountId,
      provider_id: session.providerId,
      subject: session.subject,
      session: session.session,
      qualifiers: session.qualifiers === null ? null : JSON.stringify(session.qualifiers),
      expires_at: sql<Date>`now() + make_interval(secs => ${lifeS})`,
    })
    .execute();
  return token;
}

/** What was kept, which is forgotten by that. In the platform’s scope. */
export async function takeSignedOut(
  tx: Tx,
  { providerId, token }: { providerId: string; token: string },
): Promise<SignedOut | null> {
  const row = await tx.sql
    .deleteFrom('signed_out')
    .where('token_hash', '=', tokenHash(token))
    .where('provider_id', '=', providerId)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning(['subject', 'session', 'qualifiers'])
    .executeTakeFirst();
  return row ?? null;
}
