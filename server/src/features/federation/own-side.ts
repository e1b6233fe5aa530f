import type { OidcProvider, SamlProvider } from '@samtal/contract/federation';
import { openSecret, sealSecret, type Keyring, type SecretPlace } from '../../platform/keys/index.ts';

/** What we are called towards a provider, and where we are reached. Each provider has a side of its own: what is meant for one account is refused by every other. */
export function ownSide(publicUrl: URL, providerId: string): Omit<SamlProvider['own'], 'certificate'> {
  const base = baseOf(publicUrl, providerId);
  return {
    entityId: `${base}/metadata`,
    metadataUrl: `${base}/metadata`,
    answerUrl: `${base}/answer`,
    signInUrl: `${base}/sign-in`,
    logoutUrl: `${base}/logout`,
  };
}

/** The same towards a provider that speaks OpenID Connect. An answer address of its own is what keeps one provider’s answer from passing for another’s. */
export function oidcOwnSide(publicUrl: URL, providerId: string): OidcProvider['own'] {
  const base = baseOf(publicUrl, providerId);
  return {
    answerUrl: `${base}/answer`,
    signInUrl: `${base}/sign-in`,
    keysUrl: `${base}/keys`,
    logoutUrl: `${base}/logout`,
    signedOutUrl: `${publicUrl.origin}/sign-in`,
  };
}

function baseOf(publicUrl: URL, providerId: string): string {
  return `${publicUrl.origin}/identity-providers/${providerId}`;
}

export async function sealOwnKey(
  keyring: Keyring,
  where: { account: string; id: string },
  key: string,
): Promise<Buffer> {
  return await sealSecret(keyring, place(where), Buffer.from(key));
}

/** PKCS #8, PEM. */
export async function openOwnKey(
  keyring: Keyring,
  where: { account: string; id: string },
  sealed: Buffer,
): Promise<string> {
  return (await openSecret(keyring, place(where), sealed)).toString();
}

function place({ account, id }: { account: string; id: string }): SecretPlace {
  return { account, purpose: 'identity-provider', id };
}

/** Metadata of our side for a SAML provider (SAML 2.0 metadata, 2.4.4). Everything in it is ours: nothing has to be escaped. */
export function ownMetadata(publicUrl: URL, providerId: string, certificate: string): string {
  const { entityId, answerUrl, logoutUrl } = ownSide(publicUrl, providerId);
  const base64 = certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  const key = (use: string) =>
    `<md:KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
  const logout = (binding: string) =>
    `<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${logoutUrl}"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="${entityId}">
<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
${key('signing')}
${key('encryption')}
${logout('HTTP-Redirect')}
${logout('HTTP-POST')}
<md:AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${answerUrl}"/>
</md:SPSSODescriptor>
</md:EntityDescriptor>
`;
}
