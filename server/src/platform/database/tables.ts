import type { Authorisation, BuiltInRole, Scope } from '@samtal/contract/access';
import type {
  Audience,
  ConversationState,
  EntryKind,
  LinkState,
  Score,
} from '@samtal/contract/conversations';
import type {
  FederationRefusal,
  GroupRole,
  OidcAgreement,
  ProviderAttributes,
  SamlAgreement,
} from '@samtal/contract/federation';
import type { DeletedClass, ErasureState, ErasureSubject } from '@samtal/contract/retention';
import type { SettingKey, SettingOrigin } from '@samtal/contract/settings';
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { ConfigurationKind } from '@samtal/contract/history';
import type { MediaType } from '@samtal/contract/media';
import type { DataServiceQuery } from '@samtal/contract/data-services';
import type { ExportKeyType } from '@samtal/contract/statistics-export';
import type { OperatorAccessState } from '@samtal/contract/operator-access';
import type { FactorKind } from '@samtal/contract/signin';
import type { BaseMeasures, MetricParameters, StatisticsSubject } from '@samtal/contract/statistics';
import type { TicketAlgorithm } from '@samtal/contract/tickets';

/** What makes a name at an identity provider whole (NameID of SAML 2.0). */
export type NameQualifiers = Partial<Record<'Format' | 'NameQualifier' | 'SPNameQualifier', string>>;

/** The rows of the schema `samtal`, as `server/migrations` makes it. Times are instants, ids are UUIDs. */
export interface Tables {
  account: {
    id: string;
    name: string;
    status: Generated<'active' | 'suspended'>;
    created_at: GeneratedInstant;
    access_revision: Generated<number>;
  };
  identity: {
    id: string;
    email: string;
    /** Null for somebody who is known by an identity provider alone. */
    email_folded: string | null;
    name: string;
    password_hash: string | null;
    password_changed_at: Date | null;
    password_given: Generated<boolean>;
    created_at: GeneratedInstant;
  };
  membership: {
    account_id: string;
    user_id: string;
    email: string;
    name: string;
    status: Generated<'invited' | 'active' | 'inactive'>;
    max_conversations: Generated<number>;
    created_at: GeneratedInstant;
    last_sign_in_at: Date | null;
    last_active_on: Generated<string | null>;
    active_since: GeneratedInstant;
    inactive_because: Generated<'administrator' | 'unused' | 'directory' | null>;
    unused_notice: Generated<'warned' | 'kept' | null>;
  };
  invitation: { account_id: string; user_id: string; token_hash: Buffer; expires_at: Date };
  session: {
    id: string;
    user_id: string;
    token_hash: Buffer;
    created_at: GeneratedInstant;
    used_at: GeneratedInstant;
    expires_at: Date;
    elevated_until: Generated<Date | null>;
    elevated_by: Generated<string | null>;
    second_factor_at: Generated<Date | null>;
    account_id: Generated<string | null>;
    provider_id: Generated<string | null>;
    provider_subject: Generated<string | null>;
    provider_session: Generated<string | null>;
    provider_qualifiers: ColumnType<NameQualifiers | null, string | null, never>;
    embedded_in: Generated<string | null>;
    is_operator: Generated<boolean>;
    device: Generated<'web' | 'mobile'>;
    browser: Generated<string | null>;
    system: Generated<string | null>;
  };
  csrf_token: { session_id: string; token_hash: Buffer; created_at: GeneratedInstant };
  sign_in_failure: { subject: Buffer; failures: number; last_at: Date; locked_until: Date | null };
  /** `secret` is sealed. */
  factor: {
    id: string;
    user_id: string;
    kind: FactorKind;
    name: string;
    begun_in: string | null;
    created_at: GeneratedInstant;
    last_used_at: Generated<Date | null>;
    secret: Buffer | null;
    last_step: Generated<string | null>;
    credential_id: Generated<string | null>;
    public_key: Generated<Buffer | null>;
    counter: Generated<string | null>;
    transports: Generated<string[] | null>;
  };
  recovery_code: { user_id: string; mac: Buffer };
  one_time_code: {
    id: string;
    user_id: string;
    factor_id: string | null;
    channel: 'sms' | 'email';
    destination: Buffer;
    purpose: 'sign-in' | 'elevate' | 'enrol' | 'renew' | 'renewal-link';
    bound_to: string;
    mac: Buffer;
    attempts: Generated<number>;
    created_at: GeneratedInstant;
    expires_at: Date;
    ended_at: Generated<Date | null>;
  };
  passkey_challenge: { bound_to: string; purpose: string; challenge: string; expires_at: Date };
  factor_tries: { user_id: string; tries: number; since: Date };
  sign_in_attempt: {
    id: string;
    user_id: string | null;
    token_hash: Buffer;
    step: 'factor' | 'renew' | 'enrol' | 'passkey';
    /** The second factor that was shown already. */
    shown: string | null;
    expires_at: Date;
    account_id: string | null;
    provider_id: string | null;
  };
  known_device: {
    user_id: string;
    token_hash: Buffer;
    created_at: GeneratedInstant;
    used_at: Generated<Date>;
    second_factor_at: Date | null;
  };
  operator_access: {
    account_id: string;
    id: string;
    operator_name: string;
    operator_email: string;
    reason: string;
    authorisations: Authorisation[];
    scope: ColumnType<Scope, string, string>;
    minutes: number;
    state: Generated<OperatorAccessState>;
    requested_at: GeneratedInstant;
    lapses_at: Date;
    decided_at: Date | null;
    decided_by: string | null;
    ends_at: Date | null;
    ended_at: Date | null;
    ended_by: 'account' | 'operator' | 'time' | null;
    entered_at: Date | null;
    token_hash: Buffer | null;
    token_expires_at: Date | null;
    told_at: Date | null;
  };
  former_password: { user_id: string; hash: string; replaced_at: GeneratedInstant };
  realtime_ticket: {
    token_hash: Buffer;
    account_id: string;
    user_id: string;
    session_id: string;
    expires_at: Date;
  };
  role: { account_id: string; id: string; built_in: BuiltInRole | null; name: string };
  role_authorisation: { account_id: string; role_id: string; authorisation: Authorisation };
  role_held: { account_id: string; role_id: string; held_role_id: string };
  role_allows: { account_id: string; role_id: string; authorisation: Authorisation };
  role_grant: {
    account_id: string;
    id: string;
    user_id: string;
    role_id: string;
    scope: ColumnType<Scope, string, string>;
    created_at: GeneratedInstant;
    purpose: Generated<string>;
  };
  api_key: {
    account_id: string;
    id: string;
    name: string;
    purpose: string;
    owner_id: string | null;
    created_at: GeneratedInstant;
    expires_at: Date;
    revoked_at: Date | null;
    last_used_on: string | null;
    refusal_recorded_at: Date | null;
  };
  api_key_secret: {
    account_id: string;
    id: string;
    key_id: string;
    hash: Buffer;
    created_at: GeneratedInstant;
    ends_at: Date | null;
  };
  api_key_grant: {
    account_id: string;
    key_id: string;
    role_id: string;
    scope: ColumnType<Scope, string, never>;
  };
  api_token: {
    token_hash: Buffer;
    account_id: string;
    secret_id: string;
    authorisations: Authorisation[] | null;
    expires_at: Date;
  };
  idempotent_request: {
    account_id: string;
    caller_id: string;
    key_mac: Buffer;
    request_mac: Buffer;
    state: Generated<'begun' | 'done' | 'answered'>;
    attempt: string;
    leased_until: Date;
    begun_at: GeneratedInstant;
    answer: Buffer | null;
  };
  request_quota: { caller_id: string; window_at: Date; taken: number };
  queue: {
    account_id: string;
    id: string;
    name: string;
    unit_id: string | null;
    /** Written by the database: the path of its unit. */
    units: ColumnType<string[], never, string[]>;
    priority: Generated<number>;
    assignment: Generated<'offer' | 'assign'>;
    offer_seconds: Generated<number>;
  };
  unit: {
    account_id: string;
    id: string;
    kind: 'region' | 'team';
    name: string;
    parent_id: string | null;
    path: string[];
  };
  site: {
    account_id: string;
    id: string;
    site_key: string;
    name: string;
    origins: string[];
    queue_id: string;
    locale: Generated<string>;
    accent_colour: Generated<string>;
    session_life_minutes: Generated<number>;
    created_at: GeneratedInstant;
  };
  agent_presence: {
    account_id: string;
    user_id: string;
    choice: Generated<'available' | 'away'>;
    connected_until: GeneratedInstant;
    idle_since: GeneratedInstant;
    told: Generated<'available' | 'away' | 'offline'>;
    told_limit: Generated<number | null>;
  };
  /** `name` and `wrapped_key` are ciphertext under the conversation's key, the content under the wrapped one. */
  media: {
    account_id: string;
    id: string;
    conversation_id: string;
    /** The visitor's or the user's id. */
    sent_by: string;
    type: MediaType;
    size_bytes: number;
    name: Buffer;
    wrapped_key: Buffer;
    stored_at: GeneratedInstant;
  };
  mail: {
    account_id: string;
    id: string;
    kind: 'forwarding' | 'waiting';
    conversation_id: string;
    sent_by: string | null;
    body: Buffer;
    state: Generated<'queued' | 'sent' | 'given-up' | 'dropped'>;
    queued_at: GeneratedInstant;
    ended_at: Date | null;
    attempts: Generated<number>;
    failure: string | null;
    next_try_at: GeneratedInstant;
    lease: string | null;
    leased_until: Date | null;
  };
  canned_reply: { account_id: string; id: string; shortcut: string; text: string };
  visitor_session: {
    account_id: string;
    id: string;
    site_id: string | null;
    token_hash: Buffer;
    created_at: GeneratedInstant;
    expires_at: Date;
    customer: Generated<Buffer | null>;
    claims: Generated<Buffer | null>;
    verified_at: Generated<Date | null>;
    renewals: Generated<number>;
  };
  ticket_key: {
    account_id: string;
    id: string;
    site_id: string;
    kid: string;
    algorithm: TicketAlgorithm;
    /** The public key, of what the contract calls the algorithm. */
    jwk: ColumnType<Record<string, string>, string, string>;
    created_at: GeneratedInstant;
    ends_at: Generated<Date | null>;
    last_used_on: Generated<string | null>;
  };
  export_account: {
    account_id: string;
    id: string;
    name: string;
    user_name: string;
    purpose: string;
    networks: string[];
    expires_at: Date | null;
    disabled: Generated<boolean>;
    created_at: GeneratedInstant;
    last_used_at: Generated<Date | null>;
  };
  export_key: {
    account_id: string;
    id: string;
    export_account_id: string;
    kind: 'supplied' | 'generated';
    state: 'pending' | 'active' | 'refused' | 'revoked';
    type: ExportKeyType;
    bits: number;
    /** As SSH sends it. */
    public_key: Buffer;
    submitted_by: string;
    submitted_at: GeneratedInstant;
    seen_by: Generated<string[]>;
    wrong_fingerprints: Generated<number>;
    confirmed_by: Generated<string | null>;
    confirmed_as: Generated<'second-person' | 'customer' | null>;
    confirmed_at: Date | null;
    replaces: string | null;
    overlap_hours: number | null;
    ends_at: Generated<Date | null>;
    last_used_at: Generated<Date | null>;
    /** Sealed. */
    passphrase: Buffer | null;
    passphrase_until: Date | null;
    /** That its bringer has left. */
    left_told_at: Generated<Date | null>;
  };
  export_key_attempt: {
    account_id: string;
    id: string;
    channel: 'sms' | 'person';
    created_at: GeneratedInstant;
  };
  used_ticket: { account_id: string; ticket_hash: Buffer; expires_at: Date };
  key_bucket: {
    account_id: string;
    id: string;
    conversations: Generated<number>;
    opened_at: GeneratedInstant;
    dirty_since: Date | null;
    key_version: Generated<number>;
    oldest_version: Generated<number>;
  };
  conversation: {
    account_id: string;
    id: string;
    case_id: string;
    state: ConversationState;
    site_id: string | null;
    site_name: string;
    queue_id: string;
    queue_name: string;
    agent_id: string | null;
    offer_until: Date | null;
    visitor_id: string;
    link: Generated<LinkState>;
    fact_id: Generated<string>;
    waiting_since: ColumnType<Date | null, Date | null | undefined, Date | null>;
    joined_at: Generated<Date | null>;
    started_at: GeneratedInstant;
    queued_at: GeneratedInstant;
    resolved_at: Date | null;
    visitor_delivered: Generated<number>;
    visitor_read: Generated<number>;
    agent_read: Generated<number>;
    verified_at: Generated<Date | null>;
  };
  masking_strike: { account_id: string; rule_digest: Buffer; strikes: number };
  visitor_attribute: {
    account_id: string;
    conversation_id: string;
    key: string;
    value: Buffer;
    blind_index: Buffer | null;
    masked: boolean;
    verified: Generated<boolean>;
    set_at: GeneratedInstant;
  };
  conversation_tag: { account_id: string; conversation_id: string; tag: string };
  rating: { account_id: string; conversation_id: string; score: Score | null };
  conversation_key: {
    account_id: string;
    conversation_id: string;
    bucket_id: string;
    wrapped: Buffer;
    commitment: Buffer;
  };
  stream: {
    account_id: string;
    conversation_id: string;
    audience: Audience;
    epoch: string;
    last_seq: Generated<number>;
    closed: Generated<boolean>;
    last_interaction_at: GeneratedInstant;
    warned_at: Date | null;
    turn_since: Generated<Date | null>;
    first_response_ms: Generated<number | null>;
  };
  entry: {
    account_id: string;
    conversation_id: string;
    audience: Audience;
    seq: number;
    kind: EntryKind;
    actor: 'visitor' | 'agent' | 'system';
    author: string | null;
    cid: string | null;
    at: Date;
    body: Buffer;
  };
  entry_original: {
    account_id: string;
    conversation_id: string;
    audience: Audience;
    seq: number;
    bucket_id: string;
    wrapped: Buffer;
    commitment: Buffer;
    body: Buffer;
    due_at: Date | null;
  };
  offer: {
    account_id: string;
    conversation_id: string;
    user_id: string;
    offered_at: GeneratedInstant;
    answered_at: Date | null;
    outcome: 'accepted' | 'declined' | 'missed' | 'withdrawn' | null;
  };
  visitor_link: {
    account_id: string;
    conversation_id: string;
    vouched_at: Date;
    closed_at: Date | null;
    quality: 'ok' | 'weak' | 'lost';
  };
  configuration_version: {
    account_id: string;
    kind: ConfigurationKind;
    object_id: string;
    version: number;
    body: ColumnType<object | null, string | null, never>;
    changed_at: GeneratedInstant;
    changed_by: string | null;
    reason: Generated<string>;
    restored_from: number | null;
    found: Generated<boolean>;
  };
  network_trial: {
    account_id: string;
    previous: ColumnType<readonly string[] | null, string | null, never>;
    until: Date;
    started_at: GeneratedInstant;
  };
  user_name_version: { account_id: string; user_id: string; version: number; name: string };
  installation_secret: { name: string; sealed: Buffer; set_at: GeneratedInstant };
  installation_settings_version: {
    version: number;
    body: ColumnType<object, string, never>;
    changed_at: GeneratedInstant;
    reason: Generated<string>;
    restored_from: number | null;
  };
  legal_hold: {
    account_id: string;
    conversation_id: string;
    reason: string;
    placed_at: GeneratedInstant;
    placed_by: string;
    until: Date | null;
  };
  deletion: {
    account_id: string;
    id: string;
    at: GeneratedInstant;
    data_class: DeletedClass;
    count: number;
    cause: 'retention' | 'erasure' | 'end-of-contract';
    setting: SettingKey | null;
    setting_days: number | null;
    setting_origin: SettingOrigin | null;
    setting_version: number | null;
    erasure_id: string | null;
    digest: Buffer;
  };
  deleted_case: { account_id: string; case_hash: Buffer; deletion_id: string };
  erasure: {
    account_id: string;
    id: string;
    state: ErasureState;
    wanted: ErasureSubject;
    attribute: string | null;
    reference: string;
    requested_at: GeneratedInstant;
    requested_by: string;
    log_lines: Generated<number>;
    live_erased_at: Date | null;
    bucket_rotated_at: Date | null;
    backups_until: Date | null;
    backups_expired_at: Date | null;
    record: string | null;
    signature: Buffer | null;
  };
  erasure_case: {
    account_id: string;
    erasure_id: string;
    case_hash: Buffer;
    conversation_id: string | null;
  };
  erasure_bucket: { account_id: string; erasure_id: string; bucket_id: string; key_version: number };
  account_deletion: {
    account_id: string;
    state: 'confirmed' | 'keys-destroyed' | 'rows-deleted' | 'backups-expired';
    account_name: string;
    confirmed_at: GeneratedInstant;
    keys_destroyed_at: Date | null;
    rows_deleted_at: Date | null;
    backups_until: Date | null;
    backups_expired_at: Date | null;
    counts: ColumnType<Record<string, number>, string | undefined, string>;
    report: string | null;
    signature: Buffer | null;
  };
  activity_session: {
    account_id: string;
    day: string;
    visitor_id: string;
    wrapped: Buffer;
    commitment: Buffer;
  };
  activity_entry: {
    account_id: string;
    day: string;
    visitor_id: string;
    id: string;
    address_index: Buffer;
    body: Buffer;
  };
  activity_reading: {
    account_id: string;
    id: string;
    at: GeneratedInstant;
    read_by: string | null;
    conversation_id: string | null;
    case_id: string | null;
    reason: Buffer | null;
    found: number;
  };
  audit_outbox: { id: Generated<number>; account_id: string; at: GeneratedInstant; body: string };
  audit_entry: {
    account_id: string;
    seq: number;
    at: Date;
    body: string;
    previous: Buffer;
    hash: Buffer;
    action: GeneratedAlways<string | null>;
    feature: GeneratedAlways<string | null>;
    actor_id: GeneratedAlways<string | null>;
    subject_kind: GeneratedAlways<string | null>;
    subject_id: GeneratedAlways<string | null>;
  };
  audit_head: { account_id: string; seq: number; hash: Buffer; mac: Buffer };
  audit_checkpoint: {
    number: number;
    at: Date;
    leaves: number;
    root: Buffer;
    follows: number;
    previous: Buffer;
    key_hash: Buffer;
    signature: Buffer;
  };
  audit_checkpoint_leaf: {
    account_id: string;
    seq: number;
    hash: Buffer;
    since: number;
    checkpoint: number;
    position: number;
    path: Buffer[];
  };
  audit_base: { account_id: string; seq: number; hash: Buffer; at: Date; signature: Buffer };
  audit_verification: {
    account_id: string;
    at: Date;
    entries: number;
    checkpoints: number;
    fault: string | null;
    fault_seq: number | null;
  };
  audit_destination: {
    account_id: string;
    id: string;
    name: string;
    kind: 'syslog' | 'webhook';
    target: ColumnType<unknown, string, string>;
    secret: Buffer | null;
    active: Generated<boolean>;
    created_at: GeneratedInstant;
    delivered_seq: number;
    delivered_checkpoint: Generated<number>;
    delivered_at: Date | null;
    failures: Generated<number>;
    failing_since: Date | null;
    failure: string | null;
    next_try_at: GeneratedInstant;
    lease: string | null;
    leased_until: Date | null;
  };
  identity_provider: {
    account_id: string;
    id: string;
    name: string;
    active: Generated<boolean>;
    protocol: 'saml' | 'oidc';
    saml: ColumnType<SamlAgreement | null, string | null, string | null>;
    oidc: ColumnType<OidcAgreement | null, string | null, string | null>;
    client_secret: Buffer | null;
    domains: string[];
    creates_users: boolean;
    group_roles: ColumnType<GroupRole[], string, string>;
    group_roles_by: string | null;
    attributes: ColumnType<ProviderAttributes, string, string>;
    own_key: Buffer;
    own_certificate: string;
    created_at: GeneratedInstant;
    last_sign_in_at: Date | null;
    last_refused_at: Date | null;
    last_refusal: FederationRefusal | null;
    certificate_notice_days: number | null;
    confirmed_by: string | null;
    confirmed_version: number | null;
  };
  verified_domain: { domain: string; account_id: string; verified_at: GeneratedInstant };
  federated_user: {
    account_id: string;
    provider_id: string;
    user_id: string;
    subject: string | null;
    linked_at: GeneratedInstant;
    linked_by: string | null;
  };
  federated_grant: { account_id: string; grant_id: string; provider_id: string };
  provisioned_user: {
    account_id: string;
    user_id: string;
    user_name: string | null;
    external_id: string | null;
    made: Generated<boolean>;
    claimed_at: Date | null;
    refused_at: Date | null;
    refused_provider: string | null;
    told_at: Date | null;
    changed_at: GeneratedInstant;
  };
  directory_group: {
    account_id: string;
    id: string;
    name: string;
    external_id: string | null;
    created_at: GeneratedInstant;
    changed_at: GeneratedInstant;
  };
  directory_group_member: { account_id: string; group_id: string; user_id: string };
  directory_grant: { account_id: string; grant_id: string };
  federation_request: {
    relay_hash: Buffer;
    browser_hash: Buffer;
    account_id: string;
    provider_id: string;
    request_id: string;
    code_verifier: string | null;
    elevates: string | null;
    signs_out: Generated<boolean>;
    expires_at: Date;
  };
  signed_out: {
    token_hash: Buffer;
    account_id: string;
    provider_id: string;
    subject: string;
    session: string | null;
    qualifiers: ColumnType<NameQualifiers | null, string | null, never>;
    expires_at: Date;
  };
  fact: {
    account_id: string;
    at: Date;
    id: Generated<number>;
    kind: string;
    conversation_id: string | null;
    queue_id: string | null;
    site_id: string | null;
    agent_id: string | null;
    value: number | null;
    outcome: string | null;
    counts: ColumnType<Record<string, number> | null, string | null, never>;
  };
  stale_hour: { account_id: string; hour: Date; id: Generated<number> };
  failed_hour: {
    account_id: string;
    grain: Generated<'hour' | 'day'>;
    hour: Date;
    since: GeneratedInstant;
    tries: Generated<number>;
    retry_at: Date;
  };
  unpublished_period: {
    account_id: string;
    grain: 'hour' | 'day';
    period_start: Date;
    subject: StatisticsSubject;
    failed_since: Generated<Date | null>;
    tries: Generated<number>;
    retry_at: Generated<Date | null>;
  };
  carried_hour: { account_id: string; hour: Date; body: ColumnType<unknown, string, string> };
  rolled_up: {
    account_id: string;
    until: Date;
    stands_open: boolean;
    kept_since: ColumnType<Date | null, never, never>;
  };
  figure: {
    account_id: string;
    grain: 'hour' | 'day';
    period_start: Date;
    subject: StatisticsSubject;
    queue_id: string | null;
    site_id: string | null;
    agent_id: string | null;
    base: ColumnType<BaseMeasures, string, string>;
    changed_at: GeneratedInstant;
  };
  statistics_file: {
    account_id: string;
    id: string;
    grain: 'hour' | 'day';
    period_start: Date;
    subject: StatisticsSubject;
    correction: Generated<number>;
    folder: string;
    name: string;
    content: Buffer;
    size_bytes: number;
    sha256: Buffer;
    published_at: GeneratedInstant;
    made_with: ColumnType<{ names: Record<string, string>; parameters: MetricParameters }, string, never>;
  };
  data_service: {
    account_id: string;
    id: string;
    key: string;
    name: string;
    description: string;
    enabled: boolean;
    requests_per_minute: number;
    role_ids: string[];
    query: ColumnType<DataServiceQuery, string, string>;
  };
  used_assertion: { account_id: string; provider_id: string; assertion_hash: Buffer; expires_at: Date };
}

type GeneratedInstant = ColumnType<Date, Date | undefined, Date>;
