import type { IdentityProvider } from '@samtal/contract/federation';

const dayMs = 86_400_000;
/** From when on the end of a certificate is said, days. */
const soonDays = 30;

export type ProviderState =
  | { readonly kind: 'off' | 'no-domain' | 'certificate-ended' | 'never-used' | 'working' }
  | { readonly kind: 'certificate-ends'; readonly days: number };

interface Judged extends Pick<IdentityProvider, 'active' | 'verifiedDomains' | 'lastSignInAt'> {
  /** By SAML only: who speaks OpenID Connect says its keys itself. */
  readonly certificatesEnd?: readonly string[];
}

/** How a provider is doing: what is worst first. Of two certificates the later end counts, because either will do. */
export function stateOf(provider: Judged, now: number): ProviderState {
  if (!provider.active) return { kind: 'off' };
  const ends = (provider.certificatesEnd ?? []).map((end) => Date.parse(end));
  if (ends.length > 0) {
    const days = Math.floor((Math.max(...ends) - now) / dayMs);
    if (days < 0) return { kind: 'certificate-ended' };
    if (days <= soonDays) return { kind: 'certificate-ends', days };
  }
  if (provider.verifiedDomains.length === 0) return { kind: 'no-domain' };
  return { kind: provider.lastSignInAt === null ? 'never-used' : 'working' };
}
