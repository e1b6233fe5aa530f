import { elevationProofs, secondFactorDemands } from '../signin/demands.ts';
import { optionalFactorKinds } from '../signin/factors.ts';
import { passwordLength } from '../signin/password.ts';
import { connectionLimits } from '../signin/sessions.ts';
import { Tag } from '../conversations/entries.ts';
import { HeaderLine, MailAddress, MailHost, MailPattern } from '../mail/address.ts';
import {
  AccountRule,
  detectorKinds,
  optionalNetworks,
  ruleLimits,
  type DetectorKind,
} from '../masking/configuration.ts';
import { mediaTypeNames } from '../media/file.ts';
import { closed, Id, Network, nullable, oneOf, Type, type Static, type TSchema } from '../shared/index.ts';
import { DeclaredAttribute, maxAttributes } from '../visitors/attributes.ts';
import { isWeakerBy, type AnyWeaker, type Weaker } from './strength.ts';

/** Where a value may be set, the strongest first: a channel overrides its account, an account its installation (C11). */
export const settingLevels = ['channel', 'account', 'installation'] as const;
export type SettingLevel = (typeof settingLevels)[number];

/** Where an effective value comes from. */
export type SettingOrigin = SettingLevel | 'default';

/**
 * One setting. The unit is part of the key's last word: `-days`, `-minutes`, `-hours`, `-megabytes`. One that is sensitive, so
 * that it weakens privacy or security when it is changed wrongly, asks for elevation (C3) and says which values are weaker (K5).
 */
export interface Setting {
  readonly schema: TSchema;
  /** What a new account has. */
  readonly default: unknown;
  readonly levels: readonly SettingLevel[];
  readonly sensitive: boolean;
  readonly weaker?: AnyWeaker;
  /** Only operators can set it, and accounts see what they have set. */
  readonly accountsSee?: true;
}

type Sensitivity<Value> =
  | { readonly sensitive: false; readonly weaker?: never }
  | { readonly sensitive: true; readonly weaker: Weaker<Value> };

/** A sensitive setting that does not say which of its values are weaker does not compile. */
function setting<const Schema extends TSchema>(
  declared: {
    schema: Schema;
    default: Static<Schema>;
    levels: readonly SettingLevel[];
    accountsSee?: true;
  } & Sensitivity<Static<Schema>>,
) {
  return declared;
}

const days = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
const minutes = (maximum: number) => Type.Integer({ minimum: 1, maximum });
const fileTypes = Type.Array(oneOf(...mediaTypeNames), { uniqueItems: true });
const mailPatterns = Type.Array(MailPattern, { maxItems: 200, uniqueItems: true });
const shownText = Type.String({ maxLength: 1000 });

/** Cards have a setting of their own (G3). */
const otherDetectors = detectorKinds.filter((kind) => kind !== 'card') as [OtherDetector, ...OtherDetector[]];
type OtherDetector = Exclude<DetectorKind, 'card'>;

const everywhere = ['channel', 'account', 'installation'] as const;
/**
 * An origin (RFC 6454) as browsers write it: https, a name in small letters, a port other than 443. No wildcard, so that nobody who gets
 * a name below another one comes along.
 */
const EmbeddingOrigin = Type.String({
  maxLength: 300,
  pattern:
    '^https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:(?!443$)[1-9][0-9]{0,4})?$',
});

const accountWide = ['account', 'installation'] as const;
const accountOnly = ['account'] as const;
const installationOnly = ['installation'] as const;

const privacyText = (levels: readonly SettingLevel[], visible: { accountsSee?: true } = {}) =>
  setting({ schema: shownText, default: '', levels, sensitive: false, ...visible });

/**
 * Every setting there is (C11, H1): the only place where anything that an account or an operator may choose is
 * declared. Whatever is configured as a value or a list of values belongs here, rules and declared attributes
 * included: its versions, their comparison and their restoring then come from the same mechanism.
 *
 * The texts of a setting are `setting.<key>` and `setting.<key>-says` of the console's catalogue.
 */
export const settings = {
  // Inactivity of a conversation (E5). Null: it never ends by itself.
  'inactivity.end-minutes': setting({
    schema: nullable(minutes(1440)),
    default: null,
    levels: everywhere,
    sensitive: false,
  }),
  /** Shown to both sides when the conversation ended by itself. Empty: the widget's own words. */
  'inactivity.end-text': setting({ schema: shownText, default: '', levels: everywhere, sensitive: false }),
  /** So long before the end the visitor is warned. Null: not at all. */
  'inactivity.warning-minutes': setting({
    schema: nullable(minutes(1440)),
    default: null,
    levels: everywhere,
    sensitive: false,
  }),
  'inactivity.warning-text': setting({
    schema: shownText,
    default: '',
    levels: everywhere,
    sensitive: false,
  }),
  /** Whether the visitor's session ends with the conversation. */
  'conversations.resolving-disconnects': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: false,
  }),

  // Ratings (D7).
  /**
   * Whether visitors are asked how a conversation went, when an agent was in it. Off unless somebody wants it: it tells how people
   * at work do, by name, and what a purpose does not need is not collected by default (GDPR, Article 25, 2).
   */
  'satisfaction.asked': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: false,
  }),

  // The words by which agents sort conversations (E6). A closed list, so that nobody writes about a person here.
  'conversations.tags': setting({
    schema: Type.Array(Tag, { maxItems: 200, uniqueItems: true }),
    default: [],
    levels: accountOnly,
    sensitive: false,
  }),

  // Retention (G7), counted from the end of what is kept.
  'retention.transcript-days': setting({
    schema: days(1, 3650),
    default: 14,
    levels: everywhere,
    sensitive: true,
    weaker: 'higher',
  }),
  'retention.activity-log-days': setting({
    schema: days(1, 7),
    default: 7,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  'retention.audit-days': setting({
    schema: days(30, 3650),
    default: 730,
    levels: accountWide,
    sensitive: true,
    weaker: 'lower',
  }),
  /**
   * Figures, what they are counted from, and published files, in whole days of UTC since their end. At least 93, so that there are always
   * more than three months of them (I3). Null: they stay as long as the account.
   */
  'retention.statistics-days': setting({
    schema: nullable(days(93, 3650)),
    default: null,
    levels: accountWide,
    sensitive: true,
    weaker: { never: 'By default they stay, and no number keeps them longer.' },
  }),

  // Masking (G1, G3): for good, before anything is stored.
  /** Payment cards, all but the last four digits. */
  'masking.cards': setting({
    schema: Type.Boolean(),
    default: true,
    levels: everywhere,
    sensitive: true,
    weaker: 'off',
  }),
  /** Networks outside the promise that are masked as well. */
  'masking.card-networks': setting({
    schema: Type.Array(oneOf(...optionalNetworks), { uniqueItems: true }),
    default: [],
    levels: everywhere,
    sensitive: true,
    weaker: 'fewer',
  }),
  /** The default: what a check digit makes sure of. */
  'masking.detectors': setting({
    schema: Type.Array(oneOf(...otherDetectors), { uniqueItems: true }),
    default: ['iban', 'id-se', 'id-no', 'id-fi', 'id-de', 'id-fr', 'id-es', 'id-it', 'id-pl'],
    levels: everywhere,
    sensitive: true,
    weaker: 'fewer',
  }),
  /** Countries whose phone numbers are known without `+` or `00`. */
  'masking.phone-countries': setting({
    schema: Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), { uniqueItems: true, maxItems: 8 }),
    default: [],
    levels: everywhere,
    sensitive: true,
    weaker: 'fewer',
  }),
  'masking.rules': setting({
    schema: Type.Array(AccountRule, { maxItems: ruleLimits.rules }),
    default: [],
    levels: everywhere,
    sensitive: true,
    weaker: { never: 'Without rules of the account the detectors mask.' },
  }),

  // Redaction of digits (G2): numbers with so many digits or more become asterisks: before they are stored, when the
  // conversation is resolved, or so many hours after each message.
  'redaction.mode': setting({
    schema: oneOf('off', 'at-once', 'resolved', 'hours'),
    default: 'off',
    levels: everywhere,
    sensitive: true,
    weaker: { strongestFirst: ['at-once', 'resolved', 'hours', 'off'] },
  }),
  'redaction.after-hours': setting({
    schema: Type.Integer({ minimum: 12, maximum: 72 }),
    default: 24,
    levels: everywhere,
    sensitive: true,
    weaker: 'higher',
  }),
  'redaction.least-digits': setting({
    schema: Type.Integer({ minimum: 1, maximum: 32 }),
    default: 6,
    levels: everywhere,
    sensitive: true,
    weaker: 'higher',
  }),
  'redaction.sides': setting({
    schema: oneOf('visitors', 'both'),
    default: 'visitors',
    levels: everywhere,
    sensitive: true,
    weaker: { strongestFirst: ['both', 'visitors'] },
  }),

  // The activity log (G6, G10): `off`, addresses of connections, or pages visited as well.
  'activity-log.level': setting({
    schema: oneOf('off', 'connections', 'pages'),
    default: 'connections',
    levels: everywhere,
    sensitive: true,
    weaker: { strongestFirst: ['off', 'connections', 'pages'] },
  }),

  // Session data shown to the agent while the conversation is live, and never stored (E9).
  'session-data.shown': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: true,
    weaker: 'on',
  }),

  // Tickets of customers (C9).
  /** Conversations begin only when a ticket has said who the visitor is. */
  'tickets.required': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: true,
    weaker: 'off',
  }),
  /** The longest time between a ticket's making and its end. */
  'tickets.life-seconds': setting({
    schema: Type.Integer({ minimum: 30, maximum: 300 }),
    default: 120,
    levels: everywhere,
    sensitive: true,
    weaker: 'higher',
  }),

  // Files in conversations (E12). Nobody may send any until the account says so.
  'media.visitors-may-send': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: true,
    weaker: 'on',
  }),
  'media.agents-may-send': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: true,
    weaker: 'on',
  }),
  'media.visitor-types': setting({
    schema: fileTypes,
    default: ['jpeg', 'png', 'webp', 'pdf'],
    levels: everywhere,
    sensitive: true,
    weaker: 'more',
  }),
  'media.agent-types': setting({
    schema: fileTypes,
    default: ['jpeg', 'png', 'webp', 'pdf'],
    levels: everywhere,
    sensitive: true,
    weaker: 'more',
  }),
  'media.max-size-megabytes': setting({
    schema: Type.Integer({ minimum: 1, maximum: 20 }),
    default: 10,
    levels: everywhere,
    sensitive: false,
  }),
  /** Files open only for those whose session may read the conversation. Off: agents can make links that open without one. */
  'media.access-enforced': setting({
    schema: Type.Boolean(),
    default: true,
    levels: everywhere,
    sensitive: true,
    weaker: 'off',
  }),
  'media.link-hours': setting({
    schema: Type.Integer({ minimum: 1, maximum: 168 }),
    default: 24,
    levels: everywhere,
    sensitive: true,
    weaker: 'higher',
  }),

  // How statistics count (I1). They hold for every period, so that periods can be compared.
  'statistics.service-level-seconds': setting({
    schema: Type.Integer({ minimum: 1, maximum: 3600 }),
    default: 20,
    levels: accountWide,
    sensitive: false,
  }),
  /** The share that is aimed at: what the console shows a service level beside. */
  'statistics.service-level-percent': setting({
    schema: Type.Integer({ minimum: 1, maximum: 100 }),
    default: 80,
    levels: accountWide,
    sensitive: false,
  }),
  'statistics.service-level-of': setting({
    schema: oneOf('answered-and-abandoned', 'answered', 'offered'),
    default: 'answered-and-abandoned',
    levels: accountWide,
    sensitive: false,
  }),
  /** Minutes after the end of an hour or a day until its files are published (I3). What is told later makes a correction. */
  'statistics.close-minutes': setting({
    schema: Type.Integer({ minimum: 1, maximum: 1440 }),
    default: 10,
    levels: accountWide,
    sensitive: false,
  }),
  'statistics.short-abandon-seconds': setting({
    schema: Type.Integer({ minimum: 0, maximum: 600 }),
    default: 5,
    levels: accountWide,
    sensitive: false,
  }),

  // Transcripts can be searched by their text (E10).
  'search.transcripts': setting({
    schema: Type.Boolean(),
    default: false,
    levels: accountOnly,
    sensitive: true,
    weaker: 'on',
  }),

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

  // Operators who are let in for a time (B4).
  /** The longest that somebody of the account may let one in for. */
  'operators.longest-access-hours': setting({
    schema: Type.Integer({ minimum: 1, maximum: 24 }),
    default: 4,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  /** So long what an operator asks for can be approved. */
  'operators.request-hours': setting({
    schema: Type.Integer({ minimum: 1, maximum: 168 }),
    default: 24,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),

  // The API for programs (C8, C5).
  /** What a program shows: its key with each request, or an access token that it gets for the key (RFC 6749, 4.4). */
  'api.authentication': setting({
    schema: oneOf('key', 'token'),
    default: 'key',
    levels: accountWide,
    sensitive: true,
    weaker: { strongestFirst: ['token', 'key'] },
  }),
  'api.token-minutes': setting({
    schema: Type.Integer({ minimum: 15, maximum: 60 }),
    default: 30,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  /** The longest that a key may live. */
  'api.key-days': setting({
    schema: days(1, 3650),
    default: 365,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  /** How many requests of one key are answered in a minute. */
  'api.requests-per-minute': setting({
    schema: Type.Integer({ minimum: 10, maximum: 60_000 }),
    default: 600,
    levels: accountWide,
    sensitive: false,
  }),
  /** The same of one user, over all accounts and sessions: what is beyond is no person. */
  'api.user-requests-per-minute': setting({
    schema: Type.Integer({ minimum: 300, maximum: 600_000 }),
    default: 3000,
    levels: installationOnly,
    sensitive: false,
    accountsSee: true,
  }),
  /** From where keys and tokens are taken; empty: from anywhere. */
  'api.networks': setting({
    schema: Type.Array(Network, { maxItems: 200, uniqueItems: true }),
    default: [],
    levels: accountWide,
    sensitive: true,
    weaker: { never: 'Without a list keys are taken from anywhere; a list can only narrow that.' },
  }),

  // Declared attributes of a visitor's profile (D2): nothing else about a person can be stored.
  'visitors.attributes': setting({
    schema: Type.Array(DeclaredAttribute, { maxItems: maxAttributes }),
    default: [],
    levels: accountOnly,
    sensitive: true,
    weaker: { never: 'What is declared has a purpose, and stands in the record of processing.' },
  }),

  // Mail that the platform sends (E11).
  /** Whether mail says what is known about the customer: the profile, the first words, the names of files. */
  'mail.customer-details': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: true,
    weaker: 'on',
  }),
  /** Where mail about conversations may go; empty: anywhere. */
  'mail.forwarding-addresses': setting({
    schema: mailPatterns,
    default: [],
    levels: accountWide,
    sensitive: true,
    weaker: { never: 'Without a list mail may go anywhere; a list can only narrow that.' },
  }),
  /** Where no mail goes, listed or not: nobody reads it there, or a machine answers. */
  'mail.blocked-senders': setting({
    schema: mailPatterns,
    default: [
      'no-reply@',
      'noreply@',
      'no_reply@',
      'do-not-reply@',
      'donotreply@',
      'mailer-daemon@',
      'postmaster@',
      'bounce@',
      'bounces@',
    ],
    levels: accountWide,
    sensitive: false,
  }),
  'mail.language': setting({
    schema: oneOf('en', 'sv'),
    default: 'en',
    levels: everywhere,
    sensitive: false,
  }),
  /** So long somebody waits where no agent is there before mail says so. Null: never. */
  'mail.waiting-minutes': setting({
    schema: nullable(minutes(1440)),
    default: null,
    levels: everywhere,
    sensitive: false,
  }),
  'mail.waiting-addresses': setting({
    schema: Type.Array(MailAddress, { maxItems: 20, uniqueItems: true }),
    default: [],
    levels: everywhere,
    sensitive: true,
    weaker: { never: 'They learn that somebody waits, and more only where mail.customer-details says so.' },
  }),
  /** Whether it goes to the agents who serve the queue as well. */
  'mail.waiting-agents': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: false,
  }),
  /** Which server takes mail from this installation. Null: none, and no mail is sent. */
  'mail.smtp-host': setting({
    schema: nullable(MailHost),
    default: null,
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'Which server it is says nothing about how well it keeps mail.' },
  }),
  'mail.smtp-port': setting({
    schema: Type.Integer({ minimum: 1, maximum: 65_535 }),
    default: 587,
    levels: installationOnly,
    sensitive: false,
  }),
  /** Without TLS (`none`) only to a server on the same machine. */
  'mail.smtp-security': setting({
    schema: oneOf('starttls', 'implicit', 'none'),
    default: 'starttls',
    levels: installationOnly,
    sensitive: true,
    weaker: { strongestFirst: ['implicit', 'starttls', 'none'] },
  }),
  /** The authorities of the server's certificate (PEM), when they are not public ones. */
  'mail.smtp-ca': setting({
    schema: nullable(Type.String({ maxLength: 20_000, pattern: '^-----BEGIN CERTIFICATE-----' })),
    default: null,
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'It narrows whose certificates count to one authority.' },
  }),
  /** Whom the server knows this installation as. The password is given by `samtal mail password`. */
  'mail.smtp-user': setting({
    schema: nullable(HeaderLine),
    default: null,
    levels: installationOnly,
    sensitive: false,
  }),
  'mail.sender-address': setting({
    schema: nullable(MailAddress),
    default: null,
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'No sender is weaker than another.' },
  }),
  'mail.sender-name': setting({
    schema: HeaderLine,
    default: 'Samtal',
    levels: installationOnly,
    sensitive: false,
  }),

  // Text messages, by which codes are sent (C2).
  /** Who sends them. Null: nobody, and none are. The account there is named by `sms.user`, its password by `samtal sms password`. */
  'sms.provider': setting({
    schema: nullable(oneOf('46elks')),
    default: null,
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'Accounts decide whether codes by text message count.' },
  }),
  'sms.user': setting({
    schema: nullable(HeaderLine),
    default: null,
    levels: installationOnly,
    sensitive: false,
  }),
  /** A number, or up to eleven letters and digits. */
  'sms.sender': setting({
    schema: Type.String({ pattern: '^(\\+[1-9][0-9]{6,14}|[A-Za-z][A-Za-z0-9]{0,10})$' }),
    default: 'Samtal',
    levels: installationOnly,
    sensitive: false,
  }),
  /** Where the provider, or a gateway that speaks like it, takes messages. */
  'sms.url': setting({
    schema: Type.String({ maxLength: 300, pattern: '^https://[^\\s?#@]+$' }),
    default: 'https://api.46elks.com/a1/sms',
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'Which server it is says nothing about how well it keeps messages.' },
  }),
  /** The authorities of its certificate (PEM), when they are not public ones. */
  'sms.ca': setting({
    schema: nullable(Type.String({ maxLength: 20_000, pattern: '^-----BEGIN CERTIFICATE-----' })),
    default: null,
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'It narrows whose certificates count to one authority.' },
  }),
  /** Countries that messages go to, by the beginning of their numbers. Empty: none. */
  'sms.country-prefixes': setting({
    schema: Type.Array(Type.String({ pattern: '^\\+[1-9][0-9]{0,5}$' }), { maxItems: 50, uniqueItems: true }),
    default: [],
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'Without a list no message is sent at all.' },
  }),
  /** Of the whole installation in an hour: somebody who has messages sent to earn by them is stopped here. */
  'sms.most-per-hour': setting({
    schema: Type.Integer({ minimum: 1, maximum: 100_000 }),
    default: 200,
    levels: installationOnly,
    sensitive: true,
    weaker: 'higher',
  }),

  // Backups (K2).
  /** Who can open a backup: public keys of age (X25519). Empty: a pair that the installation made for itself. */
  'backup.recipients': setting({
    schema: Type.Array(Type.String({ pattern: '^age1[02-9ac-hj-np-z]{58}$' }), { maxItems: 20 }),
    default: [],
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'Without recipients the key that opens backups is made on this machine.' },
    accountsSee: true,
  }),
  /** What is erased stays readable to whoever has an old backup and an old keyring for as long as this. */
  'backup.retention-days': setting({
    schema: days(1, 30),
    default: 7,
    levels: installationOnly,
    sensitive: true,
    weaker: 'higher',
    accountsSee: true,
  }),
  /** The hour of the day, UTC, after which a backup is made. */
  'backup.hour': setting({
    schema: Type.Integer({ minimum: 0, maximum: 23 }),
    default: 2,
    levels: installationOnly,
    sensitive: false,
    accountsSee: true,
  }),
  /** An absolute path that the node which makes the backup can write to. Null: `backups` in its data directory. */
  'backup.directory': setting({
    schema: nullable(Type.String({ pattern: '^/', maxLength: 500 })),
    default: null,
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'Backups are encrypted wherever they lie.' },
  }),

  // What the record of processing says and no configuration knows (G11; GDPR, Articles 28 and 30).
  'privacy.controller': privacyText(accountOnly),
  'privacy.contact': privacyText(accountOnly),
  'privacy.officer': privacyText(accountOnly),
  'privacy.representative': privacyText(accountOnly),
  'privacy.purposes': privacyText(accountOnly),
  'privacy.transfers': privacyText(accountOnly),
  'privacy.processor': privacyText(installationOnly, { accountsSee: true }),
  'privacy.region': privacyText(installationOnly, { accountsSee: true }),
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof settings;

/** A value for every setting, with the types of their schemas. */
export type SettingValues = { readonly [Key in SettingKey]: Static<(typeof settings)[Key]['schema']> };

export const settingKeys = Object.keys(settings) as [SettingKey, ...SettingKey[]];

/** What a level itself says: only the settings that are set there. */
export type SettingOverrides = { readonly [Key in SettingKey]?: SettingValues[Key] };
export const SettingOverrides = Type.Unsafe<SettingOverrides>(
  closed(Object.fromEntries(settingKeys.map((key) => [key, Type.Optional(settings[key].schema)]))),
);

/** Every setting as it holds, from the strongest level that sets it. `levels` comes strongest first. */
export function effectiveSettings(
  levels: readonly { readonly level: SettingLevel; readonly overrides: SettingOverrides }[],
): { values: SettingValues; origins: Readonly<Record<SettingKey, SettingOrigin>> } {
  const values: Record<string, unknown> = {};
  const origins = {} as Record<SettingKey, SettingOrigin>;
  for (const key of settingKeys) {
    const declared: Setting = settings[key];
    const source = levels.find(({ level, overrides }) => declared.levels.includes(level) && key in overrides);
    values[key] = source === undefined ? declared.default : source.overrides[key];
    origins[key] = source?.level ?? 'default';
  }
  // Each value was judged by its schema when it was set, and defaults are typed by it.
  return { values: values as SettingValues, origins };
}

/** Whether a value of a setting is weaker than its default. */
export function isWeakerThanDefault(key: SettingKey, value: unknown): boolean {
  const { weaker, default: usual }: Setting = settings[key];
  return weaker !== undefined && isWeakerBy(weaker, value, usual);
}
