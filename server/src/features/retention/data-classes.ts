import type { DataClassName } from '@samtal/contract/retention';
import type { SettingKey } from '@samtal/contract/settings';
import type { Tables } from '../../platform/database/index.ts';

/** How long something is kept, and what the time is counted from. */
export type Period =
  /** As many days as the setting says, of the account or where the setting allows it of the channel; where it says nothing, as long as the account. */
  | {
      readonly kind: 'setting';
      readonly setting: SettingKey;
      readonly from: 'resolution' | 'writing' | 'end';
    }
  /** The platform itself decides: at most so long after it has become useless. */
  | { readonly kind: 'at-most'; readonly hours: number; readonly from: 'end' | 'writing' }
  /** Until it is due by the settings of redaction, which is in hours or when the conversation is resolved. */
  | { readonly kind: 'until-redaction' }
  /** Until somebody takes it away, or the account ends. */
  | { readonly kind: 'until-removed' }
  | { readonly kind: 'as-long-as'; readonly class: DataClassName }
  /** As long as the account, or for what belongs to none the installation. */
  | { readonly kind: 'account' };

/** What sees to it that it goes. */
export type Eraser =
  | 'retention.run'
  | 'redaction.run'
  | 'retention.drop-activity'
  | 'signin.delete-expired'
  | 'idempotency.delete-expired'
  | 'operator-access.tend'
  | 'keys.rotate'
  | 'backup.expire'
  | 'postgres'
  | 'a-person'
  | 'the-end-of-the-account';

export interface DataClass {
  /** Whether it says anything about a person (GDPR, Article 4). */
  readonly personal: 'visitors' | 'users' | 'no';
  readonly period: Period;
  readonly eraser: Eraser;
  /** Whether an erasure on request reaches it (G8). */
  readonly onRequest: boolean;
}

/** Every class of data: what it says about whom, how long it is kept, and who erases it (G7, ASVS 14.1.1). */
export const dataClasses = {
  transcript: {
    personal: 'visitors',
    period: { kind: 'setting', setting: 'retention.transcript-days', from: 'resolution' },
    eraser: 'retention.run',
    onRequest: true,
  },
  original: {
    personal: 'visitors',
    period: { kind: 'until-redaction' },
    eraser: 'redaction.run',
    onRequest: true,
  },
  'visitor-session': {
    personal: 'visitors',
    period: { kind: 'at-most', hours: 24, from: 'end' },
    eraser: 'retention.run',
    onRequest: false,
  },
  'activity-log': {
    personal: 'visitors',
    period: { kind: 'setting', setting: 'retention.activity-log-days', from: 'writing' },
    eraser: 'retention.drop-activity',
    onRequest: true,
  },
  files: {
    personal: 'visitors',
    period: { kind: 'as-long-as', class: 'transcript' },
    eraser: 'retention.run',
    onRequest: true,
  },
  mail: {
    personal: 'visitors',
    period: { kind: 'as-long-as', class: 'transcript' },
    eraser: 'retention.run',
    onRequest: true,
  },
  'legal-hold': {
    personal: 'visitors',
    period: { kind: 'until-removed' },
    eraser: 'a-person',
    onRequest: false,
  },
  users: { personal: 'users', period: { kind: 'until-removed' }, eraser: 'a-person', onRequest: false },
  'sign-in': {
    personal: 'users',
    period: { kind: 'at-most', hours: 24, from: 'end' },
    eraser: 'signin.delete-expired',
    onRequest: false,
  },
  'api-access': {
    personal: 'users',
    period: { kind: 'account' },
    eraser: 'the-end-of-the-account',
    onRequest: false,
  },
  'api-answers': {
    personal: 'visitors',
    period: { kind: 'at-most', hours: 24, from: 'writing' },
    eraser: 'idempotency.delete-expired',
    onRequest: false,
  },
  configuration: {
    personal: 'no',
    period: { kind: 'account' },
    eraser: 'the-end-of-the-account',
    onRequest: false,
  },
  statistics: {
    personal: 'users',
    period: { kind: 'setting', setting: 'retention.statistics-days', from: 'end' },
    eraser: 'retention.run',
    onRequest: false,
  },
  'operator-access': {
    personal: 'users',
    period: { kind: 'setting', setting: 'retention.audit-days', from: 'writing' },
    eraser: 'operator-access.tend',
    onRequest: false,
  },
  audit: {
    personal: 'users',
    period: { kind: 'setting', setting: 'retention.audit-days', from: 'writing' },
    eraser: 'retention.run',
    onRequest: false,
  },
  'deletion-log': {
    personal: 'no',
    period: { kind: 'account' },
    eraser: 'the-end-of-the-account',
    onRequest: false,
  },
  erasure: {
    personal: 'no',
    period: { kind: 'account' },
    eraser: 'the-end-of-the-account',
    onRequest: false,
  },
  keys: {
    personal: 'no',
    period: { kind: 'as-long-as', class: 'transcript' },
    eraser: 'keys.rotate',
    onRequest: true,
  },
  'process-log': {
    personal: 'no',
    period: { kind: 'at-most', hours: 7 * 24, from: 'writing' },
    eraser: 'postgres',
    onRequest: false,
  },
  backup: {
    personal: 'visitors',
    period: { kind: 'setting', setting: 'backup.retention-days', from: 'writing' },
    eraser: 'backup.expire',
    onRequest: true,
  },
  installation: {
    personal: 'no',
    period: { kind: 'account' },
    eraser: 'the-end-of-the-account',
    onRequest: false,
  },
} as const satisfies Record<DataClassName, DataClass>;

/** The class of every table. One without is refused by the types, and by a test that looks into the database. */
export const classOfTable = {
  account: 'configuration',
  identity: 'users',
  membership: 'users',
  invitation: 'users',
  session: 'sign-in',
  csrf_token: 'sign-in',
  sign_in_failure: 'sign-in',
  request_quota: 'sign-in',
  realtime_ticket: 'sign-in',
  factor: 'users',
  recovery_code: 'users',
  one_time_code: 'sign-in',
  passkey_challenge: 'sign-in',
  factor_tries: 'sign-in',
  sign_in_attempt: 'sign-in',
  former_password: 'users',
  operator_access: 'operator-access',
  known_device: 'sign-in',
  role: 'configuration',
  role_authorisation: 'configuration',
  role_held: 'configuration',
  role_allows: 'configuration',
  role_grant: 'users',
  api_key: 'api-access',
  api_key_secret: 'api-access',
  api_key_grant: 'api-access',
  api_token: 'api-access',
  idempotent_request: 'api-answers',
  queue: 'configuration',
  unit: 'configuration',
  site: 'configuration',
  agent_presence: 'users',
  canned_reply: 'configuration',
  visitor_session: 'visitor-session',
  ticket_key: 'configuration',
  export_account: 'api-access',
  export_key: 'api-access',
  export_key_attempt: 'api-access',
  used_ticket: 'visitor-session',
  key_bucket: 'keys',
  conversation: 'transcript',
  conversation_key: 'keys',
  stream: 'transcript',
  entry: 'transcript',
  entry_original: 'original',
  offer: 'transcript',
  visitor_link: 'transcript',
  media: 'files',
  mail: 'mail',
  visitor_attribute: 'transcript',
  conversation_tag: 'transcript',
  rating: 'transcript',
  configuration_version: 'configuration',
  network_trial: 'configuration',
  user_name_version: 'users',
  masking_strike: 'configuration',
  installation_settings_version: 'installation',
  installation_secret: 'installation',
  activity_session: 'activity-log',
  activity_entry: 'activity-log',
  activity_reading: 'audit',
  legal_hold: 'legal-hold',
  deletion: 'deletion-log',
  deleted_case: 'deletion-log',
  erasure: 'erasure',
  erasure_case: 'erasure',
  erasure_bucket: 'erasure',
  account_deletion: 'installation',
  audit_outbox: 'audit',
  audit_entry: 'audit',
  audit_head: 'audit',
  audit_checkpoint: 'audit',
  audit_checkpoint_leaf: 'audit',
  audit_base: 'audit',
  audit_verification: 'audit',
  audit_destination: 'configuration',
  identity_provider: 'configuration',
  verified_domain: 'configuration',
  federated_user: 'users',
  federated_grant: 'users',
  provisioned_user: 'users',
  directory_group: 'users',
  directory_group_member: 'users',
  directory_grant: 'users',
  federation_request: 'sign-in',
  used_assertion: 'sign-in',
  fact: 'statistics',
  stale_hour: 'statistics',
  failed_hour: 'statistics',
  carried_hour: 'statistics',
  rolled_up: 'statistics',
  figure: 'statistics',
  statistics_file: 'statistics',
  unpublished_period: 'statistics',
  data_service: 'configuration',
  signed_out: 'sign-in',
} as const satisfies Record<keyof Tables, DataClassName>;

/** Tables that no statement of ours names: of migrations, and the job queue’s schema as a whole. */
export const classOfOtherTables = {
  migration: 'installation',
  'jobs.*': 'process-log',
} as const satisfies Record<string, DataClassName>;

/**
 * The class of everything that the platform puts into its data directory. The rows of the embedded PostgreSQL are of the
 * classes of their tables.
 */
export const classOfPlace = {
  'audit-checkpoints': 'audit',
  'backup-identity.txt': 'installation',
  'backup-recipient.txt': 'installation',
  backups: 'backup',
  'first-run.json': 'installation',
  keyring: 'keys',
  media: 'files',
  'postgres/cluster': 'tables',
  'postgres/log': 'process-log',
  'postgres/socket': 'installation',
  'postgres/startup.log': 'process-log',
  'postgres/superuser.password': 'installation',
  'server.lock': 'installation',
} as const satisfies Record<string, DataClassName | 'tables'>;
