import { CaseId } from '../conversations/index.ts';
import { endpoint } from '../endpoint/index.ts';
import { settingKeys, settingLevels } from '../settings/registry.ts';
import {
  closed,
  Id,
  Instant,
  listOf,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  Type,
  type Static,
} from '../shared/index.ts';
import { AttributeKey, AttributeValue } from '../visitors/attributes.ts';
import { dataClassNames, deletedClasses } from './data-classes.ts';

export * from './data-classes.ts';

/**
 * requested → live-erased          nothing of it is in the database any more
 * live-erased → bucket-rotated     the keys are destroyed: no copy of the database can be read
 * bucket-rotated → backups-expired no backup of the keyring is left that has them
 */
export const erasureStates = ['requested', 'live-erased', 'bucket-rotated', 'backups-expired'] as const;
export type ErasureState = (typeof erasureStates)[number];

/** What can be asked for: a case, all that belongs to the value of an indexed attribute, all log lines of an address. */
export const erasureSubjects = ['case', 'attribute', 'address'] as const;
export type ErasureSubject = (typeof erasureSubjects)[number];

/** Why something was deleted. */
export const deletionCauses = ['retention', 'erasure', 'end-of-contract'] as const;

const account = { accountId: Id };
const count = Type.Integer({ minimum: 0 });
const days = Type.Integer({ minimum: 1 });

/** What is deleted by one rule: of the account, or of a channel that has its own. */
export const Due = closed({
  dataClass: oneOf(...deletedClasses),
  /** Null: the account's, which also holds for channels that are no more. */
  channelId: nullable(Id),
  channelName: nullable(Type.String()),
  days,
  /** Where the days are set. */
  origin: oneOf(...settingLevels, 'default'),
  /** All that is ended and kept, what is due of it, and what would be due but for a legal hold. */
  kept: count,
  due: count,
  held: count,
  /** When the oldest that is due became so: now, less this, is the lag. */
  oldestDueAt: nullable(Instant),
  /** When the next one that is kept now will be due. */
  nextDueAt: nullable(Instant),
});
export type Due = Static<typeof Due>;

export const KeptClass = closed({
  dataClass: oneOf(...dataClassNames),
  personal: oneOf('visitors', 'users', 'no'),
  /** How long: by a setting, a fixed time, as long as another class or as the account, or until somebody removes it. */
  kept: oneOf('setting', 'at-most', 'as-long-as', 'account', 'until-removed', 'until-redaction'),
  setting: nullable(oneOf(...settingKeys)),
  days: nullable(Type.Number()),
  from: nullable(oneOf('resolution', 'writing', 'end')),
  asLongAs: nullable(oneOf(...dataClassNames)),
  onRequest: Type.Boolean(),
});
export type KeptClass = Static<typeof KeptClass>;

export const Retention = closed({
  at: Instant,
  /** How often what is due is deleted. */
  everyMinutes: Type.Integer(),
  classes: Type.Array(KeptClass),
  due: Type.Array(Due),
  /** Texts whose long numbers are due to be redacted (G2) and are not yet. Something holds that up after `lateMinutes`. */
  redaction: closed({ due: count, oldestDueAt: nullable(Instant), lateMinutes: Type.Integer() }),
});
export type Retention = Static<typeof Retention>;

export const getRetention = endpoint({
  id: 'retention.getRetention',
  method: 'GET',
  path: '/accounts/{accountId}/retention',
  summary: 'What is kept how long and why, and what the next run deletes',
  access: { holding: 'retention.read' },
  params: closed(account),
  status: 200,
  response: Retention,
});

export const previewRetention = endpoint({
  id: 'retention.previewRetention',
  method: 'GET',
  path: '/accounts/{accountId}/retention/preview',
  summary: 'What the next run would delete if transcripts were kept for so many days',
  access: { holding: 'retention.read' },
  params: closed(account),
  query: closed({
    transcriptDays: Type.Integer({ minimum: 1, maximum: 3650 }),
    channelId: Type.Optional(Id),
  }),
  status: 200,
  response: closed({ conversations: count, entries: count, held: count, oldest: nullable(Instant) }),
  errors: ['not-found'],
});

export const Deletion = closed({
  id: Id,
  at: Instant,
  dataClass: oneOf(...deletedClasses),
  count,
  cause: oneOf(...deletionCauses),
  setting: nullable(oneOf(...settingKeys)),
  settingDays: nullable(days),
  settingOrigin: nullable(oneOf(...settingLevels, 'default')),
  settingVersion: nullable(Type.Integer()),
  erasureId: nullable(Id),
});
export type Deletion = Static<typeof Deletion>;

export const listDeletions = endpoint({
  id: 'retention.listDeletions',
  method: 'GET',
  path: '/accounts/{accountId}/deletions',
  summary: 'The deletion log, newest first; with a case id the deletion of that case',
  access: { holding: 'retention.read' },
  params: closed(account),
  query: closed({ ...pageQuery, caseId: Type.Optional(CaseId) }),
  status: 200,
  response: pageOf(Deletion),
});

const HoldReason = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });

export const Hold = closed({
  conversationId: Id,
  caseId: Type.String(),
  reason: Type.String(),
  placedAt: Instant,
  placedBy: Id,
  placedByName: nullable(Type.String()),
  until: nullable(Instant),
});
export type Hold = Static<typeof Hold>;

export const listHolds = endpoint({
  id: 'retention.listHolds',
  method: 'GET',
  path: '/accounts/{accountId}/holds',
  summary: 'The cases under legal hold',
  access: { holding: 'retention.hold' },
  params: closed(account),
  status: 200,
  response: listOf(Hold),
});

export const placeHold = endpoint({
  id: 'retention.placeHold',
  method: 'POST',
  path: '/accounts/{accountId}/holds',
  summary: 'Put a case under legal hold, or change the hold it is under',
  description:
    'While it is held, neither retention nor an erasure deletes it. Null: until somebody lifts the hold.',
  access: { holding: 'retention.hold' },
  params: closed(account),
  body: closed({ caseId: CaseId, reason: HoldReason, until: nullable(Instant) }),
  status: 200,
  response: Hold,
  errors: ['retention.hold-past', 'not-found'],
});

export const liftHold = endpoint({
  id: 'retention.liftHold',
  method: 'DELETE',
  path: '/accounts/{accountId}/holds/{conversationId}',
  summary: 'Lift a legal hold',
  access: { holding: 'retention.hold' },
  sensitive: true,
  params: closed({ ...account, conversationId: Id }),
  status: 204,
  errors: ['not-found'],
});

export const getHold = endpoint({
  id: 'retention.getHold',
  method: 'GET',
  path: '/accounts/{accountId}/conversations/{conversationId}/hold',
  summary: 'Whether a conversation that you may see is under legal hold, and until when',
  access: 'member',
  params: closed({ ...account, conversationId: Id }),
  status: 200,
  response: closed({
    hold: nullable(
      closed({
        until: nullable(Instant),
        /** Null for those who may not place holds. */
        reason: nullable(Type.String()),
      }),
    ),
  }),
  errors: ['not-found'],
});

/** What shall be erased. Values are used to find it, and kept nowhere. */
const Subject = Type.Union([
  closed({ kind: Type.Literal('case'), caseId: CaseId }),
  closed({ kind: Type.Literal('attribute'), attribute: AttributeKey, value: AttributeValue }),
  closed({ kind: Type.Literal('address'), address: Type.String({ minLength: 2, maxLength: 45 }) }),
]);
export type Subject = Static<typeof Subject>;

export const previewErasure = endpoint({
  id: 'retention.previewErasure',
  method: 'POST',
  path: '/accounts/{accountId}/erasures/preview',
  summary: 'What an erasure would take away',
  access: { holding: 'erasure.manage' },
  params: closed(account),
  body: closed({ subject: Subject }),
  status: 200,
  response: closed({
    conversations: count,
    entries: count,
    /** Under legal hold: they wait until it is lifted. */
    held: count,
    /** Not resolved yet: they end for both sides at once. */
    open: count,
    logLines: count,
    oldest: nullable(Instant),
    newest: nullable(Instant),
  }),
  errors: ['not-found', 'visitors.attribute-not-indexed'],
});

export const Erasure = closed({
  id: Id,
  state: oneOf(...erasureStates),
  wanted: oneOf(...erasureSubjects),
  attribute: nullable(Type.String()),
  reference: Type.String(),
  requestedAt: Instant,
  requestedBy: Id,
  requestedByName: nullable(Type.String()),
  conversations: count,
  /** Not erased yet, and how many of them because of a legal hold. */
  remaining: count,
  held: count,
  logLines: count,
  liveErasedAt: nullable(Instant),
  bucketRotatedAt: nullable(Instant),
  backupsUntil: nullable(Instant),
  backupsExpiredAt: nullable(Instant),
  hasRecord: Type.Boolean(),
});
export type Erasure = Static<typeof Erasure>;

export const requestErasure = endpoint({
  id: 'retention.requestErasure',
  method: 'POST',
  path: '/accounts/{accountId}/erasures',
  summary: 'Erase what belongs to a case, to a value of an attribute, or to an address',
  description: 'The same `id` again answers with the request that was made and does nothing more.',
  access: { holding: 'erasure.manage' },
  sensitive: true,
  params: closed(account),
  body: closed({ id: Id, subject: Subject, reference: Type.String({ maxLength: 120 }) }),
  status: 200,
  response: Erasure,
  errors: ['not-found', 'visitors.attribute-not-indexed'],
});

export const listErasures = endpoint({
  id: 'retention.listErasures',
  method: 'GET',
  path: '/accounts/{accountId}/erasures',
  summary: 'Requests for erasure, newest first',
  access: { holding: 'erasure.manage' },
  params: closed(account),
  query: closed(pageQuery),
  status: 200,
  response: pageOf(Erasure),
});

/** A signed record, as it is kept in a file: `record` is the text that was signed, byte for byte (UTF-8). */
export const SignedRecord = closed({
  record: Type.String(),
  /** Ed25519 (RFC 8032), base64. */
  signature: Type.String(),
  /** SPKI, PEM. */
  publicKey: Type.String(),
});
export type SignedRecord = Static<typeof SignedRecord>;

export const getErasureRecord = endpoint({
  id: 'retention.getErasureRecord',
  method: 'GET',
  path: '/accounts/{accountId}/erasures/{erasureId}/record',
  summary: 'The signed record of an erasure, as far as it has come',
  access: { holding: 'erasure.manage' },
  params: closed({ ...account, erasureId: Id }),
  status: 200,
  response: SignedRecord,
  errors: ['not-found'],
});
