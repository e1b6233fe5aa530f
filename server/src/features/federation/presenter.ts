import type { IdentityProvider } from '@samtal/contract/federation';
import { certificateEnd } from './certificates.ts';
import { ownSide } from './own-side.ts';
import type { StoredProvider } from './queries.ts';

export function presentProvider(provider: StoredProvider, publicUrl: URL): IdentityProvider {
  const { id, name, active, saml, domains, verifiedDomains, createsUsers, groupRoles, attributes, version } =
    provider;
  return {
    id,
    name,
    active,
    saml,
    domains,
    verifiedDomains,
    createsUsers,
    groupRoles,
    attributes,
    version,
    certificatesEnd: saml.certificates.map((pem) => certificateEnd(pem).toISOString()),
    lastSignInAt: provider.lastSignInAt?.toISOString() ?? null,
    lastRefusal: lastRefusalOf(provider),
    own: { ...ownSide(publicUrl, id), certificate: provider.ownCertificate },
  };
}

function lastRefusalOf({
  lastRefusedAt: at,
  lastRefusal: reason,
}: StoredProvider): IdentityProvider['lastRefusal'] {
  return at === null || reason === null ? null : { at: at.toISOString(), reason };
}
