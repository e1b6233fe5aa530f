import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import { newToken, tokenHash } from '../../platform/tokens/index.ts';

/** How long somebody has for signing in at the provider (C4). */
export const requestLifeMs = 5 * 60_000;

/** A sign-in under way. */
export interface FederationRequest {
  /** What the answer has to repeat: the id of a SAML request, or the nonce of OpenID Connect. */
  readonly requestId: string;
  /** OpenID Connect only: without it the code that comes back is worth nothing (RFC 7636). */
  readonly codeVerifier: string | null;
  readonly elevates: string | null;
  readonly begunAt: Date;
}

/**
 * Notes a sign-in that begins. `relay` travels by the provider, `browser` stays in a cookie: who shows only one of them has
 * it from somebody else. In the platform’s scope.
 */
export async function noteRequest(
  tx: Tx,
  {
    browser,
    codeVerifier = null,
    signsOut = false,
    ...request
  }: {
    accountId: string;
    providerId: string;
    browser: string;
    codeVerifier?: string | null;
    signsOut?: boolean;
  } & Pick<FederationRequest, 'requestId' | 'elevates'>,
): Promise<{ relay: string }> {
  const relay = newToken();
  await tx.sql
    .insertInto('federation_request')
    .values({
      relay_hash: tokenHash(relay),
      browser_hash: tokenHash(browser),
      account_id: request.accountId,
      provider_id: request.providerId,
      request_id: request.requestId,
      code_verifier: codeVerifier,
      elevates: request.elevates,
      signs_out: signsOut,
      expires_at: sql<Date>`now() + make_interval(secs => ${requestLifeMs / 1000})`,
    })
    .execute();
  return { relay };
}

/**
 * The sign-in, or the signing out, that this browser began with this provider, which is over by that: a second answer finds none. In the
 * platform’s scope.
 */
export async function takeRequest(
  tx: Tx,
  {
    providerId,
    relay,
    browser,
    signsOut = false,
  }: { providerId: string; relay: string; browser: string; signsOut?: boolean },
): Promise<FederationRequest | null> {
  const request = await tx.sql
    .deleteFrom('federation_request')
    .where('relay_hash', '=', tokenHash(relay))
    .where('browser_hash', '=', tokenHash(browser))
    .where('provider_id', '=', providerId)
    .where('signs_out', '=', signsOut)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning([
      'request_id as requestId',
      'code_verifier as codeVerifier',
      'elevates',
      sql<Date>`expires_at - make_interval(secs => ${requestLifeMs / 1000})`.as('begunAt'),
    ])
    .executeTakeFirst();
  return request ?? null;
}

/** Whether this assertion is shown for the first time; from now on it is not. In the platform’s scope. */
export async function useAssertion(
  tx: Tx,
  {
    accountId,
    providerId,
    assertionId,
    until,
  }: { accountId: string; providerId: string; assertionId: string; until: Date },
): Promise<boolean> {
  const used = await tx.sql
    .insertInto('used_assertion')
    .values({
      account_id: accountId,
      provider_id: providerId,
      assertion_hash: tokenHash(assertionId),
      expires_at: until,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('provider_id')
    .executeTakeFirst();
  return used !== undefined;
}
