import { createHash } from 'node:crypto';
import type { OidcAgreement, ProviderAttributes } from '@samtal/contract/federation';
import type { VouchedPerson } from './judge-assertion.ts';
import { statesSecondFactor } from './second-factors.ts';

/** What a provider says of somebody, by the names of what it says. */
export type Claims = Readonly<Record<string, unknown>>;

interface Agreed {
  readonly oidc: Pick<OidcAgreement, 'subjectClaim' | 'requiresVerifiedEmail'>;
  readonly attributes: ProviderAttributes;
}

/** Whether something is left to ask at the UserInfo endpoint. */
export function leavesOut(
  claims: Claims,
  { oidc, attributes, wantsGroups }: Agreed & { wantsGroups: boolean },
): boolean {
  const names = [attributes.email ?? 'email', ...(wantsGroups ? [attributes.groups ?? 'groups'] : [])];
  if (oidc.subjectClaim !== null) names.push(oidc.subjectClaim);
  if (oidc.requiresVerifiedEmail) names.push('email_verified');
  return names.some((name) => valueOf(claims, name) === undefined);
}

/**
 * Who somebody is by what was signed and, where that leaves something out, by what the provider said when asked. An address
 * and whether it is verified are one statement: both are taken from the same place. A reason when it does not do.
 */
export function judgeClaims(
  signed: Claims,
  asked: Claims,
  { oidc, attributes }: Agreed,
): VouchedPerson | 'not-for-us' | 'email-unverified' {
  const value = (name: string) => valueOf(signed, name) ?? valueOf(asked, name);
  const subject = value(oidc.subjectClaim ?? 'sub');
  if (typeof subject !== 'string' || subject === '' || subject.length > 512) return 'not-for-us';
  const emailName = attributes.email ?? 'email';
  const source =
    leavesOutEmail(signed, emailName, oidc) && valueOf(asked, emailName) !== undefined ? asked : signed;
  const email = textOf(valueOf(source, emailName));
  // What is said of `email` says nothing about another claim.
  const isVerified = emailName === 'email' ? truthOf(source['email_verified']) : null;
  if (isVerified === false || (oidc.requiresVerifiedEmail && isVerified === null)) return 'email-unverified';
  const groups = value(attributes.groups ?? 'groups');
  return {
    subject,
    email,
    hasVerifiedEmail: isVerified === true,
    // Only what was signed with the sign-in says how it went.
    showedSecondFactor: statesSecondFactor({
      contexts: textOf(signed['acr']) === '' ? [] : [textOf(signed['acr'])],
      methods: Array.isArray(signed['amr']) ? signed['amr'].filter((each) => typeof each === 'string') : [],
    }),
    name: (textOf(value(attributes.name ?? 'name')) || email).slice(0, 120),
    groups: (Array.isArray(groups) ? groups : [groups])
      .filter((group): group is string => typeof group === 'string' && group !== '')
      .slice(0, 1000),
  };
}

function leavesOutEmail(claims: Claims, name: string, { requiresVerifiedEmail }: Agreed['oidc']): boolean {
  return (
    valueOf(claims, name) === undefined || (requiresVerifiedEmail && claims['email_verified'] === undefined)
  );
}

/** By its whole name, which may hold dots; else a path of names, as in `realm_access.roles`. */
function valueOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    // An object that has it.
    value = (value as Claims)[part];
  }
  return value;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** Some say it in letters. */
function truthOf(value: unknown): boolean | null {
  if (value === true || value === 'true') return true;
  return value === undefined || value === null ? null : false;
}

/**
 * Whether the access token is the one that the ID token came with (OpenID Connect Core, 3.1.3.6 and 3.1.3.8). Where nothing is
 * said, there is nothing to compare.
 */
export function isHashOf(hash: unknown, accessToken: string, algorithm: string): boolean {
  if (hash === undefined) return true;
  const bits = algorithm.startsWith('Ed') ? '512' : algorithm.slice(2);
  const digest = createHash(`sha${bits}`).update(accessToken, 'ascii').digest();
  return hash === digest.subarray(0, digest.length / 2).toString('base64url');
}
