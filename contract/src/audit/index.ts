import { endpoint } from '../endpoint/index.ts';
import { changeFields, NewestVersion, Reason, removal } from '../history/change.ts';
import {
  changesOf,
  closed,
  Id,
  Instant,
  listOf,
  Name,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  Type,
  type Static,
} from '../shared/index.ts';

/** A word of an action or of a kind: lower case, digits, hyphens. */
const word = '[a-z][a-z0-9-]{0,59}';

/** One entry of the audit trail (H2). Names are those of today; the trail itself holds ids. */
export const AuditEntry = closed({
  seq: Type.Integer({ minimum: 1 }),
  at: Instant,
  /** `feature.what-happened`. */
  action: Type.String(),
  actor: closed({ kind: Type.String(), id: nullable(Type.String()), name: nullable(Type.String()) }),
  subject: nullable(closed({ kind: Type.String(), id: Type.String(), name: nullable(Type.String()) })),
  details: Type.Record(Type.String(), Type.Unknown()),
  /** The names of what the details hold the ids of, by id. */
  names: Type.Record(Type.String(), Type.String()),
});
export type AuditEntry = Static<typeof AuditEntry>;

const filter = {
  from: Type.Optional(Instant),
  /** Not included. */
  until: Type.Optional(Instant),
  /** An action, or the feature that it belongs to. */
  action: Type.Optional(Type.String({ pattern: `^${word}(\\.${word})?$` })),
  actorId: Type.Optional(Id),
  subjectKind: Type.Optional(Type.String({ pattern: `^${word}$` })),
  subjectId: Type.Optional(Id),
};

const account = { accountId: Id };

export const findAuditEntries = endpoint({
  id: 'audit.findAuditEntries',
  method: 'GET',
  path: '/accounts/{accountId}/audit/entries',
  summary: 'The audit trail, newest first',
  description:
    'Finds what has been sealed, which happens about a second after it was recorded. Reading the trail is itself recorded in it.',
  access: { holding: 'audit.read' },
  params: closed(account),
  query: closed({ ...filter, ...pageQuery }),
  status: 200,
  response: pageOf(AuditEntry),
});

export const exportAuditEntries = endpoint({
  id: 'audit.exportAuditEntries',
  method: 'GET',
  path: '/accounts/{accountId}/audit/export',
  summary: 'The audit trail as a file, oldest first',
  description:
    'JSON Lines can be verified when it is exported without a filter; CSV (RFC 4180) is for reading in a spreadsheet.',
  access: { holding: 'audit.read' },
  params: closed(account),
  query: closed({ ...filter, format: oneOf('jsonl', 'csv') }),
  status: 200,
  media: ['application/jsonl', 'text/csv'],
});

const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const exportAuditProofs = endpoint({
  id: 'audit.exportAuditProofs',
  method: 'GET',
  path: '/accounts/{accountId}/audit/proofs',
  summary: 'The signed checkpoints that the exported trail is verified with, as a file',
  access: { holding: 'audit.read' },
  params: closed(account),
  status: 200,
  media: ['application/json'],
});

/** How far the trail can be trusted, and by which key. */
export const AuditState = closed({
  /** Null before the first night. */
  verified: nullable(
    closed({
      at: Instant,
      entries: Type.Integer(),
      /** What is wrong and the first entry where it shows; null when all is well. */
      fault: nullable(closed({ code: Type.String(), seq: Type.Integer() })),
    }),
  ),
  /** Ends of this trail that a checkpoint names. */
  checkpoints: Type.Integer({ minimum: 0 }),
  newest: nullable(closed({ number: Type.Integer(), at: Instant, seq: Type.Integer() })),
  /** The last entry that was removed when its time was over; null when none was. */
  prunedTo: nullable(Type.Integer()),
  /** PEM (SPKI), and its SHA-256. */
  publicKey: Type.String(),
  fingerprint: Hash,
});
export type AuditState = Static<typeof AuditState>;

export const getAuditState = endpoint({
  id: 'audit.getAuditState',
  method: 'GET',
  path: '/accounts/{accountId}/audit/state',
  summary: 'When the trail was verified last, and the newest checkpoint',
  access: { holding: 'audit.read' },
  params: closed(account),
  status: 200,
  response: AuditState,
});

export const verifyAuditTrail = endpoint({
  id: 'audit.verifyAuditTrail',
  method: 'POST',
  path: '/accounts/{accountId}/audit/verification',
  summary: 'Verify the trail now',
  description:
    'Goes through all that is kept of it. Whoever asks while that is under way gets the same answer.',
  access: { holding: 'audit.read' },
  params: closed(account),
  status: 200,
  response: AuditState,
});

const pem = Type.String({ maxLength: 20_000, pattern: '^-----BEGIN [A-Z ]+-----' });

/** Posts batches of entries as JSON (docs/subsystems/audit.md). */
export const WebhookTarget = closed({
  kind: oneOf('webhook'),
  url: Type.String({ maxLength: 500, pattern: '^https://[^\\s@#]+$' }),
  /** The authority that the receiver’s certificate comes from, when it is not a public one. */
  ca: Type.Optional(pem),
});
/** RFC 5424 messages over TCP or TLS (RFC 6587 framing, RFC 5425). */
export const SyslogTarget = closed({
  kind: oneOf('syslog'),
  host: Type.String({ maxLength: 253, pattern: '^[A-Za-z0-9.:\\[\\]-]+$' }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  transport: oneOf('tls', 'tcp'),
  ca: Type.Optional(pem),
});
export const AuditTarget = Type.Union([WebhookTarget, SyslogTarget]);
export type AuditTarget = Static<typeof AuditTarget>;

const changeable = { name: Name, active: Type.Boolean() };

/** What versions keep of a destination (H1): its host, since an address may hold a secret, and no key. */
export const DestinationConfiguration = closed({
  ...changeable,
  kind: oneOf('webhook', 'syslog'),
  host: Type.String(),
});

/** Where the trail is sent as it grows (H3). Secrets are never given back. */
export const AuditDestination = closed({
  id: Id,
  name: Name,
  target: AuditTarget,
  active: Type.Boolean(),
  version: NewestVersion,
  /** Entries that are sealed and have not arrived yet. */
  behind: Type.Integer({ minimum: 0 }),
  deliveredAt: nullable(Instant),
  /** What the last attempts met with; null when the last one succeeded. */
  failing: nullable(
    closed({ code: Type.String(), since: Instant, attempts: Type.Integer(), nextTryAt: Instant }),
  ),
});
export type AuditDestination = Static<typeof AuditDestination>;

export const listAuditDestinations = endpoint({
  id: 'audit.listAuditDestinations',
  method: 'GET',
  path: '/accounts/{accountId}/audit/destinations',
  summary: 'Where the trail is sent, and how far it has come',
  access: { holding: 'audit.stream' },
  params: closed(account),
  status: 200,
  response: listOf(AuditDestination),
});

export const createAuditDestination = endpoint({
  id: 'audit.createAuditDestination',
  method: 'POST',
  path: '/accounts/{accountId}/audit/destinations',
  summary: 'Send the trail somewhere',
  description: 'The answer has the secret that a webhook’s batches are signed with: it is shown this once.',
  access: { holding: 'audit.stream' },
  sensitive: true,
  params: closed(account),
  body: closed({
    name: Name,
    target: AuditTarget,
    /** Everything that is kept, or only what comes from now on. */
    from: oneOf('beginning', 'now'),
    /** PEM of the certificate and key to show to a syslog receiver that asks for one. */
    client: Type.Optional(closed({ cert: pem, key: pem })),
    reason: Type.Optional(Reason),
  }),
  answersOnce: true,
  status: 201,
  response: closed({ destination: AuditDestination, signingSecret: nullable(Type.String()) }),
  errors: ['names.taken', 'audit.destination-refused'],
});

export const changeAuditDestination = endpoint({
  id: 'audit.changeAuditDestination',
  method: 'PATCH',
  path: '/accounts/{accountId}/audit/destinations/{destinationId}',
  summary: 'Rename a destination, pause it, or let it go on from where it was',
  access: { holding: 'audit.stream' },
  sensitive: true,
  params: closed({ ...account, destinationId: Id }),
  body: changesOf({ ...changeable, ...changeFields }),
  status: 200,
  response: AuditDestination,
  errors: ['history.changed-meanwhile', 'names.taken', 'not-found'],
});

export const testAuditDestination = endpoint({
  id: 'audit.testAuditDestination',
  method: 'POST',
  path: '/accounts/{accountId}/audit/destinations/{destinationId}/test',
  summary: 'Send a message without entries there now, and say whether it arrived',
  access: { holding: 'audit.stream' },
  params: closed({ ...account, destinationId: Id }),
  status: 200,
  /** What it met with, in the words of `failing`; null when it arrived. */
  response: closed({ failure: nullable(Type.String()) }),
  errors: ['not-found'],
});

export const deleteAuditDestination = endpoint({
  id: 'audit.deleteAuditDestination',
  method: 'DELETE',
  path: '/accounts/{accountId}/audit/destinations/{destinationId}',
  summary: 'Stop sending the trail there, and forget the secret',
  access: { holding: 'audit.stream' },
  sensitive: true,
  params: closed({ ...account, destinationId: Id }),
  ...removal,
  status: 204,
  errors: ['not-found'],
});
