import { elevationProofs, secondFactorDemands } from '../../signin/demands.ts';
import { optionalFactorKinds } from '../../signin/factors.ts';
import { passwordLength } from '../../signin/password.ts';
import { connectionLimits } from '../../signin/sessions.ts';
import { Id, Network, nullable, oneOf, Type } from '../../shared/index.ts';
import { setting, days, accountWide, accountOnly, installationOnly, type Setting } from '../setting.ts';

/**
 * An origin (RFC 6454) as browsers write it: https, a name in small letters, a port other than 443. No wildcard, so that nobody who gets
 * a name below another one comes along.
 */
const EmbeddingOrigin = Type.String({
  maxLength: 300,
  pattern:
    '^https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:(?!443$)[1-9][0-9]{0,4})?$',
});

/** Signing in. */
export const signinSettings = {
  // Signing in (C1, C6). People belong to several accounts: the strictest value holds (docs/decisions/0014).
  'signin.session-idle-minutes': setting({
    schema: Type.Integer({ minimum: 5, maximum: 720 }),
    default: 30,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  /** However much it is used, but for an extension. */
  'signin.session-life-hours': setting({
    schema: Type.Integer({ minimum: 1, maximum: 168 }),
    default: 12,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  /** So many hours more a session lives while it is used, and no longer. Zero: it ends after its life all the same. */
  'signin.session-extension-hours': setting({
    schema: Type.Integer({ minimum: 0, maximum: 168 }),
    default: 0,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  /** In how many browsers at a time somebody may be signed in; counts when they sign in. */
  'signin.connections': setting({
    schema: oneOf(...connectionLimits),
    default: 'unlimited',
    levels: accountWide,
    sensitive: true,
    weaker: { strongestFirst: ['one-web-and-one-mobile', 'web-only', 'unlimited'] },
  }),
  'signin.when-full': setting({
    schema: oneOf('end-oldest', 'refuse'),
    default: 'end-oldest',
    levels: accountWide,
    sensitive: true,
    weaker: { strongestFirst: ['refuse', 'end-oldest'] },
  }),
  /** Counts when a password is chosen. */
  'signin.password-min-length': setting({
    schema: Type.Integer({ minimum: passwordLength.min, maximum: 64 }),
    default: passwordLength.min,
    levels: accountWide,
    sensitive: true,
    weaker: 'lower',
  }),
  /**
   * After so long a password is replaced at the next sign-in. Null: never, as NIST SP 800-63B-4 (3.1.1.2) and ASVS 6.2.10 say: who is made
   * to change passwords takes weaker ones.
   */
  'signin.password-max-age-days': setting({
    schema: nullable(days(1, 3650)),
    default: null,
    levels: accountWide,
    sensitive: true,
    weaker: {
      never:
        'No age at all is what guidance recommends, so that any other is advised against where it is chosen.',
    },
  }),
  /** So long its owner cannot change a password again. Whoever thinks that it is known has to be able to (ASVS 6.2.2). */
  'signin.password-min-age-days': setting({
    schema: days(0, 30),
    default: 0,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  /** So many passwords before the present one cannot be taken again; the present one never. Their hashes are kept as long. */
  'signin.password-history': setting({
    schema: Type.Integer({ minimum: 0, maximum: 24 }),
    default: 0,
    levels: accountWide,
    sensitive: true,
    weaker: 'lower',
  }),
  /** From where people sign in and work in the account (C5); empty: from anywhere. A new list is on trial first. */
  'signin.networks': setting({
    schema: Type.Array(Network, { maxItems: 200, uniqueItems: true }),
    default: [],
    levels: accountWide,
    sensitive: true,
    weaker: { never: 'Without a list people come from anywhere; a list can only narrow that.' },
  }),
  /** Whether a session in which a second factor was shown makes up for an address outside of the list. */
  'signin.network-exception': setting({
    schema: oneOf('off', 'second-factor'),
    default: 'off',
    levels: accountWide,
    sensitive: true,
    weaker: { strongestFirst: ['off', 'second-factor'] },
  }),
  /** `required`: whoever has none yet adds one when they sign in. */
  'signin.second-factor': setting({
    schema: oneOf(...secondFactorDemands),
    default: 'where-enrolled',
    levels: accountWide,
    sensitive: true,
    weaker: { strongestFirst: secondFactorDemands.toReversed() },
  }),
  /** Beside passkeys, which count everywhere. Mail is weak: whoever reads it can renew the password, too (ASVS 6.3.6). */
  'signin.second-factors-allowed': setting({
    schema: Type.Array(oneOf(...optionalFactorKinds), { uniqueItems: true }),
    default: ['totp', 'sms'],
    levels: accountWide,
    sensitive: true,
    weaker: 'more',
  }),
  /** What sensitive work asks of people who have no second factor (C3): the password again, or to add one. */
  'signin.elevation-proof': setting({
    schema: oneOf(...elevationProofs),
    default: 'password-where-none',
    levels: accountWide,
    sensitive: true,
    weaker: { strongestFirst: elevationProofs.toReversed() },
  }),
  /** Whether a forgotten password is replaced by the mailed link alone, or takes a code as well (C1). */
  'signin.renewal-with-code': setting({
    schema: Type.Boolean(),
    default: false,
    levels: accountWide,
    sensitive: true,
    weaker: 'off',
  }),
  /** So long after somebody signed in with a browser it is known to be theirs, and nobody else’s guesses lock them out of it (C1). */
  'signin.known-device-days': setting({
    schema: days(1, 365),
    default: 90,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  /** Whether people are told by mail when somebody signs in as them with a browser that is not known (ASVS 6.3.5). */
  'signin.new-device-mail': setting({
    schema: Type.Boolean(),
    default: true,
    levels: accountWide,
    sensitive: true,
    weaker: 'off',
  }),
  /** So long a second factor that was shown in a browser makes up for the next one there. Zero: it never does. */
  'signin.remembered-factor-days': setting({
    schema: days(0, 90),
    default: 0,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  /**
   * Whether a sign-in at an identity provider counts as a second factor (C4): never, where the provider states it (the
   * authentication context class of SAML; `acr` and `amr` of OpenID Connect), or always, whatever it states.
   */
  'signin.provider-factor': setting({
    schema: oneOf('never', 'stated', 'always'),
    default: 'stated',
    levels: accountOnly,
    sensitive: true,
    weaker: { strongestFirst: ['never', 'stated', 'always'] },
  }),
  /**
   * Whether people sign in at an identity provider of the account alone (C4): passwords, passkeys, codes and renewal are refused, and
   * sessions that began otherwise end. Set only while a provider is in use and a named user could come in without it.
   */
  'signin.federated-only': setting({
    schema: Type.Boolean(),
    default: false,
    levels: accountOnly,
    sensitive: true,
    weaker: 'off',
  }),
  /** Users who may sign in here all the same, with a second factor. Each time it is told to those who manage the providers. */
  'signin.break-glass-users': setting({
    schema: Type.Array(Id, { maxItems: 5, uniqueItems: true }),
    default: [],
    levels: accountOnly,
    sensitive: true,
    weaker: 'more',
  }),
  // Of the installation alone: a lock-out that came sooner for some addresses would tell which accounts they belong to.
  'signin.attempts-before-wait': setting({
    schema: Type.Integer({ minimum: 1, maximum: 20 }),
    default: 5,
    levels: installationOnly,
    sensitive: true,
    weaker: 'higher',
    accountsSee: true,
  }),
  'signin.longest-wait-minutes': setting({
    schema: Type.Integer({ minimum: 1, maximum: 1440 }),
    default: 15,
    levels: installationOnly,
    sensitive: true,
    weaker: 'lower',
    accountsSee: true,
  }),
  /** Pages that may have the workspace in a frame (C10), by their origins; empty: none. */
  'embedding.origins': setting({
    schema: Type.Array(EmbeddingOrigin, { maxItems: 20, uniqueItems: true }),
    default: [],
    levels: accountOnly,
    sensitive: true,
    weaker: 'more',
  }),
  'users.invitation-days': setting({
    schema: days(1, 30),
    default: 7,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),

  /**
   * Whoever has neither signed in nor worked in the account for so long becomes inactive (B5). Null: nobody does. The default is
   * what PCI DSS 4.0 asks for (8.2.6).
   */
  'users.inactive-after-days': setting({
    schema: nullable(days(1, 3650)),
    default: 90,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
} as const satisfies Record<string, Setting>;
