import * as oidc from 'openid-client';
import type { VouchedPerson } from './judge-assertion.ts';
import { isHashOf, judgeClaims, leavesOut } from './judge-claims.ts';
import { isOfProvider, isUnreachable } from './oidc-errors.ts';
import { skewS, type OidcClients } from './oidc-clients.ts';
import type { StoredOidc } from './queries.ts';
import type { FederationRequest } from './requests.ts';

export type NotRedeemed =
  | 'unverified'
  | 'not-for-us'
  | 'not-anew'
  | 'email-unverified'
  | 'denied'
  | 'unreachable';

/**
 * Whom a provider vouches for with the code that it sent the browser back with. The library exchanges the code and holds the
 * ID token against what was asked (OpenID Connect Core, 3.1.3.7): issuer, audience, authorised party, times, nonce, algorithm and
 * signature, and the `iss` of the answer (RFC 9207). What it leaves to others is done here: the party that it was issued for, when, the hash of the
 * access token, and whether somebody signed in anew.
 */
export async function redeemCode(
  { oidcClients, answerUrl }: { oidcClients: OidcClients; answerUrl: string },
  provider: StoredOidc,
  { query, request }: { query: string; request: FederationRequest },
): Promise<VouchedPerson | NotRedeemed> {
  try {
    const client = await oidcClients.of(provider);
    const url = new URL(answerUrl);
    url.search = query;
    const state = url.searchParams.get('state') ?? '';
    const tokens = await oidc.authorizationCodeGrant(client, url, {
      expectedState: state,
      expectedNonce: request.requestId,
      pkceCodeVerifier: request.codeVerifier ?? '',
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) return 'unverified';
    // The library looks at it where there is more than one audience.
    if (claims.azp !== undefined && claims.azp !== provider.oidc.clientId) return 'unverified';
    const begunS = request.begunAt.getTime() / 1000;
    const nowS = Date.now() / 1000;
    if (claims.iat < begunS - skewS || claims.iat > nowS + skewS) return 'unverified';
    if (!isHashOf(claims['at_hash'], tokens.access_token, algorithmOf(tokens.id_token ?? '')))
      return 'unverified';
    // Whoever is to prove themselves has done so since they were asked.
    if (request.elevates !== null && (claims.auth_time ?? 0) < begunS - skewS) return 'not-anew';
    const wantsGroups = provider.groupRoles.some(({ group }) => group !== null);
    const asked =
      client.serverMetadata().userinfo_endpoint !== undefined &&
      leavesOut(claims, { ...provider, wantsGroups })
        ? await oidc.fetchUserInfo(client, tokens.access_token, claims.sub)
        : {};
    const vouched = judgeClaims(claims, asked, provider);
    if (typeof vouched === 'string') return vouched;
    const sid = claims['sid'];
    return {
      ...vouched,
      signIn: { subject: claims.sub, session: typeof sid === 'string' && sid !== '' ? sid : null },
    };
  } catch (error) {
    return reasonOf(error);
  }
}

function algorithmOf(idToken: string): string {
  // Verified, so that its header is what the library took it for.
  const header = JSON.parse(Buffer.from(idToken.split('.')[0] ?? '', 'base64url').toString()) as {
    alg: string;
  };
  return header.alg;
}

/** What the other side wrote stays out of our trail and log: it is a stranger’s word. */
function reasonOf(error: unknown): NotRedeemed {
  if (error instanceof oidc.AuthorizationResponseError) return 'denied';
  if (isUnreachable(error)) return 'unreachable';
  if (isOfProvider(error)) return 'unverified';
  throw error;
}
