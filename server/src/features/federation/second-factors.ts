/*
 * By which words a provider states that somebody showed two factors. What is on no list states nothing: a single factor is
 * what is left to assume (ASVS 6.8.4).
 */

/** Authentication context classes (SAML) and values of `acr` (OpenID Connect). */
const contexts: readonly string[] = [
  // Two factors by their definition (SAML 2.0 authentication context, 3.4).
  'urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorUnregistered',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI',
  'https://refeds.org/profile/mfa',
  'http://schemas.microsoft.com/claims/multipleauthn',
  // Swedish e-identification, and eIDAS.
  'http://id.elegnamnden.se/loa/1.0/loa3',
  'http://id.elegnamnden.se/loa/1.0/loa4',
  'http://eidas.europa.eu/LoA/substantial',
  'http://eidas.europa.eu/LoA/high',
];

/** Methods (RFC 8176) that show what somebody knows, and what they have. */
const known: readonly string[] = ['pwd', 'pin', 'kba'];
const had: readonly string[] = ['otp', 'hwk', 'swk', 'sc', 'sms'];

/** `contexts` are the classes or `acr`, `methods` is `amr`. */
export function statesSecondFactor(stated: {
  readonly contexts: readonly string[];
  readonly methods: readonly string[];
}): boolean {
  const { methods } = stated;
  return (
    stated.contexts.some((each) => contexts.includes(each)) ||
    methods.includes('mfa') ||
    (methods.some((each) => known.includes(each)) && methods.some((each) => had.includes(each)))
  );
}
