export { federationJobs } from './jobs.ts';
export { readEndingCertificates } from './ending-certificates.ts';
export { setsSignInRight } from './give-group-roles.ts';
export { federationPages } from './pages.ts';
export { OidcClients } from './oidc-clients.ts';
export { restoreProvider } from './restore-provider.ts';
export { SamlVerifier } from './saml-verifier.ts';
export { verifyDomain, withdrawDomain } from './verified-domains.ts';
export { readRolesOfGroups, type RoleOfGroup } from './roles-of-groups.ts';
