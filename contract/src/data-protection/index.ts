import { authorisationNames } from '../access/index.ts';
import { endpoint } from '../endpoint/index.ts';
import { ruleActions } from '../masking/configuration.ts';
import { dataClassNames } from '../retention/index.ts';
import { settingKeys, settingLevels } from '../settings/index.ts';
import { closed, Id, Instant, nullable, oneOf, Type, type Static } from '../shared/index.ts';

/** Where data lies (`storage.<word>` of the console's catalogue). */
export const storagePlaces = ['database', 'keyring', 'files', 'backup', 'log'] as const;

/** How a class of data is protected, beyond what protects everything (`protection.<word>`). */
export const protections = [
  'conversation-key',
  'own-key',
  'request-key',
  'day-key',
  'keyed-hash',
  'wrapped',
  'hash-chain',
  'backup-recipients',
  'password-hash',
  'access-control',
] as const;

/** How long a class is kept, for the account, or for a channel where that differs. */
export const KeptPeriod = closed({
  /** Null: the account. */
  channelId: nullable(Id),
  kind: oneOf('setting', 'at-most', 'until-removed', 'until-redaction', 'as-long-as', 'account'),
  /** Where the kind is `setting` or `at-most`. */
  hours: nullable(Type.Integer()),
  /** What the time is counted from. */
  from: nullable(oneOf('resolution', 'writing', 'end')),
  /** Another class, with which it goes. */
  class: nullable(oneOf(...dataClassNames)),
  setting: nullable(oneOf(...settingKeys)),
  /** `platform`: nobody can set it. */
  origin: oneOf(...settingLevels, 'default', 'platform'),
});
export type KeptPeriod = Static<typeof KeptPeriod>;

/** Where a setting that configures processing stands in the record (`record.section-<word>`). */
export const recordSections = ['conversations', 'masking', 'files', 'mail', 'access', 'backup'] as const;
export type RecordSection = (typeof recordSections)[number];

/** A setting as the record says it. Lists of things with fields have parts of the record of their own. */
const PlainValue = Type.Union([
  Type.Boolean(),
  Type.Integer(),
  Type.String(),
  Type.Array(Type.String()),
  Type.Null(),
]);

/** Whose value it is, null for the account, and who has set it. */
const whose = { channelId: nullable(Id), origin: oneOf(...settingLevels, 'default') };

/**
 * The record of processing activities of an account (GDPR, Article 30), and what an agreement on processing (Article 28)
 * has as its appendix, as the live configuration says it (G11). The words of it are in the console's catalogue.
 */
export const DataProtectionRecord = closed({
  generatedAt: Instant,
  /** Of the platform. */
  version: Type.String(),
  account: closed({ id: Id, name: Type.String() }),
  /** As they are set; empty where nobody has said it. */
  contacts: closed({
    controller: Type.String(),
    contact: Type.String(),
    officer: Type.String(),
    representative: Type.String(),
    purposes: Type.String(),
    transfers: Type.String(),
    processor: Type.String(),
    region: Type.String(),
  }),
  channels: Type.Array(
    closed({
      id: Id,
      name: Type.String(),
      /** The web sites that carry it. */
      origins: Type.Array(Type.String()),
      activityLog: oneOf('off', 'connections', 'pages'),
      sessionDataShown: Type.Boolean(),
    }),
  ),
  classes: Type.Array(
    closed({
      class: oneOf(...dataClassNames),
      /** Whom it says something about; `no`: nobody. */
      people: oneOf('visitors', 'users', 'no'),
      places: Type.Array(oneOf(...storagePlaces)),
      protection: Type.Array(oneOf(...protections)),
      periods: Type.Array(KeptPeriod, { minItems: 1 }),
      /** Whether an erasure on request reaches it (G8). */
      erasedOnRequest: Type.Boolean(),
    }),
  ),
  /** What can be known about a visitor besides what is written: nothing else can be stored. */
  attributes: Type.Array(
    closed({
      label: Type.String(),
      purpose: Type.String(),
      category: oneOf('contact', 'identifier', 'customer', 'special'),
      indexed: Type.Boolean(),
    }),
  ),
  /** Settings that configure processing: of the account, and of each channel that says otherwise. */
  settings: Type.Array(
    closed({
      setting: oneOf(...settingKeys),
      section: oneOf(...recordSections),
      values: Type.Array(closed({ ...whose, value: PlainValue }), { minItems: 1 }),
    }),
  ),
  /** Masking rules of the account and of channels that have their own: what they are for, not what they look for. */
  rules: Type.Array(
    closed({
      ...whose,
      name: Type.String(),
      action: oneOf(...ruleActions),
      /** Characters that `keep-last` leaves. */
      keep: Type.Integer(),
      enabled: Type.Boolean(),
    }),
  ),
  /** Whether files pass a virus scanner that the operator has configured. */
  filesScanned: Type.Boolean(),
  /** Where the audit trail is sent as it grows. */
  auditDestinations: Type.Array(
    closed({
      name: Type.String(),
      kind: oneOf('webhook', 'syslog'),
      host: Type.String(),
      /** Whether the way there is encrypted. */
      encrypted: Type.Boolean(),
      active: Type.Boolean(),
    }),
  ),
  roles: Type.Array(
    closed({
      id: Id,
      name: Type.String(),
      /** The name that the platform knows it by; null for a role of the account. */
      builtIn: nullable(Type.String()),
      /** Active users who hold it. */
      users: Type.Integer(),
      /** Authorisations that reach data about people. */
      reaches: Type.Array(oneOf(...authorisationNames)),
    }),
  ),
});
export type DataProtectionRecord = Static<typeof DataProtectionRecord>;

export const getDataProtectionRecord = endpoint({
  id: 'data-protection.getDataProtectionRecord',
  method: 'GET',
  path: '/accounts/{accountId}/data-protection',
  summary: 'What is stored, where, why and for how long, as the configuration says it now',
  access: { holding: 'settings.read' },
  params: closed({ accountId: Id }),
  status: 200,
  response: DataProtectionRecord,
});
