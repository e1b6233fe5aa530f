import type { NameQualifiers } from '../../platform/database/index.ts';
import { takeSignedOut, type SignedOut } from '../signin/index.ts';
import type { FederationParts } from './finish-sign-in.ts';
import { ownSide } from './own-side.ts';
import type { StoredSaml } from './queries.ts';
import { noteRequest, requestLifeMs } from './requests.ts';
import { escaped, newMessageId, signedAddress } from './saml-redirect.ts';

/**
 * Where the browser of somebody who has signed out here goes to sign out there, too (SAML 2.0 profiles, 4.4): with a signed request
 * that says by which name the provider knows them. `token` is of the session that has ended. Null where that is not agreed,
 * or nothing was left to say.
 */
export async function beginSamlSignOut(
  { database, keyring, publicUrl }: Pick<FederationParts, 'database' | 'keyring' | 'publicUrl'>,
  provider: StoredSaml,
  { browser, token }: { browser: string; token: string },
): Promise<string | null> {
  const { accountId, id: providerId, saml } = provider;
  const { signOutUrl: to } = saml;
  const requestId = newMessageId();
  const begun = await database.transaction('platform', async (tx) => {
    const left = await takeSignedOut(tx, { providerId, token });
    if (left === null || to === null || !saml.signsOutThere) return null;
    const request = { accountId, providerId, browser, requestId, elevates: null, signsOut: true };
    return { left, ...(await noteRequest(tx, request)) };
  });
  if (begun === null || to === null) return null;
  const { entityId } = ownSide(publicUrl, providerId);
  const xml = logoutRequest({ requestId, to, entityId, left: begun.left });
  return await signedAddress({ keyring }, provider, { to, as: 'SAMLRequest', xml, relay: begun.relay });
}

function logoutRequest({
  requestId,
  to,
  entityId,
  left: { subject, session, qualifiers },
}: {
  requestId: string;
  to: string;
  entityId: string;
  left: SignedOut;
}): string {
  const now = Date.now();
  const index = session === null ? '' : `<samlp:SessionIndex>${escaped(session)}</samlp:SessionIndex>`;
  return (
    `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"` +
    ` ID="${requestId}" Version="2.0" IssueInstant="${new Date(now).toISOString()}"` +
    ` NotOnOrAfter="${new Date(now + requestLifeMs).toISOString()}" Destination="${escaped(to)}">` +
    `<saml:Issuer>${entityId}</saml:Issuer><saml:NameID${written(qualifiers ?? {})}>${escaped(subject)}</saml:NameID>${index}</samlp:LogoutRequest>`
  );
}

function written(qualifiers: NameQualifiers): string {
  return Object.entries(qualifiers)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
}
