import * as oidc from 'openid-client';
import type { Database } from '../../platform/database/index.ts';
import type { OidcClients } from './oidc-clients.ts';
import { isOfProvider, isUnreachable } from './oidc-errors.ts';
import { oidcOwnSide } from './own-side.ts';
import type { StoredOidc } from './queries.ts';
import { noteRequest } from './requests.ts';

/**
 * Where the browser goes to sign in: a request for a code (OpenID Connect Core, 3.1.2.1), which is worth nothing without what
 * stays here (PKCE, RFC 7636). Null when the provider cannot be reached, or is not what was agreed.
 */
export async function beginOidcSignIn(
  { database, oidcClients, publicUrl }: { database: Database; oidcClients: OidcClients; publicUrl: URL },
  provider: StoredOidc,
  { browser, elevates }: { browser: string; elevates: string | null },
): Promise<string | null> {
  const { accountId, id: providerId, oidc: agreed } = provider;
  const client = await oidcClients.of(provider).catch(nobody);
  if (client === null) return null;
  const nonce = oidc.randomNonce();
  const codeVerifier = oidc.randomPKCECodeVerifier();
  const { relay } = await database.transaction(
    'platform',
    async (tx) =>
      await noteRequest(tx, { accountId, providerId, browser, requestId: nonce, codeVerifier, elevates }),
  );
  const scopes = new Set(['openid', ...agreed.scopes]);
  return oidc.buildAuthorizationUrl(client, {
    scope: [...scopes].join(' '),
    redirect_uri: oidcOwnSide(publicUrl, providerId).answerUrl,
    state: relay,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(elevates === null ? {} : { prompt: 'login', max_age: '0' }),
  }).href;
}

function nobody(error: unknown): null {
  if (isUnreachable(error) || isOfProvider(error)) return null;
  throw error;
}
