import type { Database } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { ownSide } from './own-side.ts';
import type { StoredSaml } from './queries.ts';
import { noteRequest } from './requests.ts';
import { escaped, newMessageId, signedAddress } from './saml-redirect.ts';

/** Where the browser goes to sign in: a signed request in the address (SAML 2.0 bindings, 3.4). */
export async function beginSignIn(
  { database, keyring, publicUrl }: { database: Database; keyring: Keyring; publicUrl: URL },
  provider: StoredSaml,
  { browser, elevates }: { browser: string; elevates: string | null },
): Promise<string> {
  const { accountId, id: providerId, saml } = provider;
  const requestId = newMessageId();
  const { relay } = await database.transaction(
    'platform',
    async (tx) => await noteRequest(tx, { accountId, providerId, browser, requestId, elevates }),
  );
  const request = requestXml({ ...ownSide(publicUrl, providerId), requestId, saml, anew: elevates !== null });
  return await signedAddress({ keyring }, provider, {
    to: saml.signInUrl,
    as: 'SAMLRequest',
    xml: request,
    relay,
  });
}

function requestXml({
  requestId,
  entityId,
  answerUrl,
  saml,
  anew,
}: {
  requestId: string;
  entityId: string;
  answerUrl: string;
  saml: StoredSaml['saml'];
  anew: boolean;
}): string {
  const force = anew ? ' ForceAuthn="true"' : '';
  return (
    `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"` +
    ` ID="${requestId}" Version="2.0" IssueInstant="${new Date().toISOString()}"${force}` +
    ` Destination="${escaped(saml.signInUrl)}" AssertionConsumerServiceURL="${answerUrl}"` +
    ` ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"><saml:Issuer>${entityId}</saml:Issuer></samlp:AuthnRequest>`
  );
}
