import type { Authorisation } from '../access/authorisations.ts';
import { endpoint } from '../endpoint/index.ts';
import {
  closed,
  Id,
  Instant,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  Type,
  type Static,
} from '../shared/index.ts';
import { Reason } from './change.ts';

export * from './change.ts';

/** What is configured, and which authorisation restores an older version of it: the one that changes it. */
export const configuration = {
  settings: 'settings.manage',
  account: 'account.manage',
  site: 'sites.manage',
  queue: 'routing.manage',
  unit: 'units.manage',
  role: 'access.manage',
  /** A role given to a user: who may do what is configuration, too. */
  grant: 'access.manage',
  /** Name, limit of conversations and status. The name is forgotten when the user is removed. Addresses are in no version. */
  user: 'users.manage',
  'canned-reply': 'canned-replies.manage',
  /** Name, kind, host, and whether it is paused. Addresses and secrets are in no version. */
  'audit-destination': 'audit.stream',
  /** Everything about it but our own key: certificates are public. */
  'identity-provider': 'federation.manage',
  /** That a key signs tickets for a site, and until when. None of it is restored: a key that was revoked stays so. */
  'ticket-key': 'sites.manage',
  'export-account': 'statistics.export',
  /** Its kind and how it stands. None of it is restored, either. */
  'export-key': 'statistics.export',
  'data-service': 'data-services.manage',
} as const satisfies Record<string, Authorisation>;
export type ConfigurationKind = keyof typeof configuration;

export const configurationKinds = Object.keys(configuration) as [ConfigurationKind, ...ConfigurationKind[]];

const kind = oneOf(...configurationKinds);

export const Version = closed({
  kind,
  /** Settings have the id of their account or channel, everything else its own. */
  objectId: Id,
  /** What the object is called now, or was last; null when it has no name. */
  name: nullable(Type.String()),
  version: Type.Integer({ minimum: 1 }),
  /** Whether it is the newest one of its object. */
  newest: Type.Boolean(),
  /** `found`: how it stood before its first change that was recorded. */
  what: oneOf('found', 'made', 'changed', 'removed'),
  at: Instant,
  /** The user; null for an operator, or the platform itself. The name is null when the user belongs to the account no more. */
  by: nullable(closed({ userId: Id, name: nullable(Type.String()) })),
  reason: Type.String(),
  /** The version that this one restored. */
  restoredFrom: nullable(Type.Integer()),
  /** The fields that differ from the version before. */
  changed: Type.Array(Type.String()),
});
export type Version = Static<typeof Version>;

export const Difference = closed({
  /** Names of fields from the outside in; an item of a list of named things goes by its `key` or `id`. */
  path: Type.Array(Type.String()),
  /** Left out where there was nothing. */
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
});
export type Difference = Static<typeof Difference>;

const account = { accountId: Id };
const one = closed({ ...account, kind, objectId: Id, version: Type.Integer({ minimum: 1 }) });

export const listVersions = endpoint({
  id: 'history.listVersions',
  method: 'GET',
  path: '/accounts/{accountId}/history',
  summary: 'Every change of what is configured, newest first; of one kind or one object when asked',
  access: { holding: 'settings.read' },
  params: closed(account),
  query: closed({ ...pageQuery, kind: Type.Optional(kind), objectId: Type.Optional(Id) }),
  status: 200,
  response: pageOf(Version),
});

export const getVersion = endpoint({
  id: 'history.getVersion',
  method: 'GET',
  path: '/accounts/{accountId}/history/{kind}/{objectId}/{version}',
  summary: 'One version, with the whole object as it was',
  access: { holding: 'settings.read' },
  params: one,
  status: 200,
  /** Null when the object was removed with this version. */
  response: closed({ version: Version, body: nullable(Type.Object({}, { additionalProperties: true })) }),
  errors: ['not-found'],
});

export const compareVersions = endpoint({
  id: 'history.compareVersions',
  method: 'GET',
  path: '/accounts/{accountId}/history/{kind}/{objectId}/{version}/differences',
  summary: 'What differs between two versions of an object',
  access: { holding: 'settings.read' },
  params: one,
  /** The version to compare from; 0 is before there was anything. Without it, the one before. */
  query: closed({ since: Type.Optional(Type.Integer({ minimum: 0 })) }),
  status: 200,
  response: closed({ since: Type.Integer(), version: Type.Integer(), differences: Type.Array(Difference) }),
  errors: ['not-found'],
});

export const restoreVersion = endpoint({
  id: 'history.restoreVersion',
  method: 'POST',
  path: '/accounts/{accountId}/history/{kind}/{objectId}/{version}/restoration',
  summary: 'Make an object again what it was in a version: one more version',
  description:
    'Needs what changing the object needs, and is refused where that is. What was removed is made again under its own id.',
  access: { holding: 'settings.read' },
  sensitive: true,
  params: one,
  body: closed({ newest: Type.Integer({ minimum: 1 }), reason: Reason }),
  status: 200,
  response: Version,
  errors: [
    'access.exceeds-own',
    'access.last-administrator',
    'access.purpose-required',
    'access.role-cycle',
    'data-services.measure',
    'data-services.period',
    'data-services.too-many',
    'history.changed-meanwhile',
    'history.not-restorable',
    'names.taken',
    'not-found',
    'settings.contradiction',
    'settings.federated-only-unready',
    'statistics.dimension',
  ],
});
