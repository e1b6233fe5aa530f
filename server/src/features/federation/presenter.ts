import type { IdentityProvider } from '@samtal/contract/federation';
import { certificateEnd } from './certificates.ts';
import { oidcOwnSide, ownSide } from './own-side.ts';
import type { StoredProvider } from './queries.ts';

export function presentProvider(provider: StoredProvider, publicUrl: URL): IdentityProvider {
  const { id, name, active, domains, verifiedDomains, createsUsers, groupRoles, attributes, version } =
    provider;
  const common = {
    id,
    name,
    active,
    domains,
    verifiedDomains,
    createsUsers,
    groupRoles,
    attributes,
    version,
    lastSignInAt: provider.lastSignInAt?.toISOString() ?? null,
    lastRefusal: lastRefusalOf(provider),
  };
  if (provider.protocol === 'oidc')
    return { ...common, protocol: 'oidc', oidc: provider.oidc, own: oidcOwnSide(publicUrl, id) };
  const { saml } = provider;
  return {
    ...common,
    protocol: 'saml',
    saml,
    certificatesEnd: saml.certificates.map((pem) => certificateEnd(pem).toISOString()),
    own: { ...ownSide(publicUrl, id), certificate: provider.ownCertificate },
  };
}

function lastRefusalOf({
  lastRefusedAt: at,
  lastRefusal: reason,
}: StoredProvider): IdentityProvider['lastRefusal'] {
  return at === null || reason === null ? null : { at: at.toISOString(), reason };
}
