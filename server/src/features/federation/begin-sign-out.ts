import * as oidc from 'openid-client';
import type { OidcClients } from './oidc-clients.ts';
import { isOfProvider, isUnreachable } from './oidc-errors.ts';
import { oidcOwnSide } from './own-side.ts';
import type { StoredOidc } from './queries.ts';

/**
 * Where the browser of somebody who has signed out here goes to sign out there, too (OpenID Connect RP-Initiated Logout 1.0).
 * We keep no ID token that could say whose sign-in it is: the provider knows by its own session, and may ask. Null where
 * that is not agreed, or the provider cannot be reached or offers nothing of the kind.
 */
export async function beginSignOut(
  { oidcClients, publicUrl }: { oidcClients: OidcClients; publicUrl: URL },
  provider: StoredOidc,
): Promise<string | null> {
  if (!provider.oidc.signsOutThere) return null;
  try {
    const client = await oidcClients.of(provider);
    if (client.serverMetadata().end_session_endpoint === undefined) return null;
    const { signedOutUrl } = oidcOwnSide(publicUrl, provider.id);
    return oidc.buildEndSessionUrl(client, { post_logout_redirect_uri: signedOutUrl }).href;
  } catch (error) {
    if (isUnreachable(error) || isOfProvider(error)) return null;
    throw error;
  }
}
