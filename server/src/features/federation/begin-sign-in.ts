import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { Database } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { openOwnKey, ownSide } from './own-side.ts';
import type { StoredSaml } from './queries.ts';
import { noteRequest } from './requests.ts';

const signatureAlgorithm = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

/** Where the browser goes to sign in: a signed request in the address (SAML 2.0 bindings, 3.4). */
export async function beginSignIn(
  { database, keyring, publicUrl }: { database: Database; keyring: Keyring; publicUrl: URL },
  provider: StoredSaml,
  { browser, elevates }: { browser: string; elevates: string | null },
): Promise<string> {
  const { accountId, id: providerId, saml } = provider;
  // An XML id begins with a letter or a low line.
  const requestId = `_${randomBytes(20).toString('hex')}`;
  const { relay } = await database.transaction(
    'platform',
    async (tx) => await noteRequest(tx, { accountId, providerId, browser, requestId, elevates }),
  );
  const key = await openOwnKey(keyring, { account: accountId, id: providerId }, provider.ownKey);
  const request = requestXml({ ...ownSide(publicUrl, providerId), requestId, saml, anew: elevates !== null });
  const query = [
    ['SAMLRequest', deflateRawSync(Buffer.from(request)).toString('base64')],
    ['RelayState', relay],
    ['SigAlg', signatureAlgorithm],
  ]
    .map(([name = '', value = '']) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const signature = sign('sha256', Buffer.from(query), createPrivateKey(key)).toString('base64');
  const separator = saml.signInUrl.includes('?') ? '&' : '?';
  return `${saml.signInUrl}${separator}${query}&Signature=${encodeURIComponent(signature)}`;
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

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
