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
    own: { ...ownSide(publicUrl, id), certificate: provider.ownCertificate },
  };
}
