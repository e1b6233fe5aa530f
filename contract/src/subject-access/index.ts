import { activityKinds, LookUpReason } from '../activity-log/index.ts';
import { CaseId, conversationStates, RatingScore } from '../conversations/index.ts';
import { endpoint } from '../endpoint/index.ts';
import { closed, Id, Instant, nullable, oneOf, Type, type Static } from '../shared/index.ts';
import { mailStates } from '../mail/states.ts';
import { AttributeMatch, ProfileValue } from '../visitors/index.ts';

const subjects = [
  closed({ kind: Type.Literal('case'), caseId: CaseId }),
  closed({ kind: Type.Literal('attribute'), ...AttributeMatch.properties }),
] as const;
/** Whose data it is: one case's, or everything of a value of an attribute that conversations are found by. */
export const Subject = Type.Union([...subjects]);
export type Subject = Static<typeof Subject>;

/** A day in UTC (RFC 3339, full-date). */
const Day = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' });

/** An address of the network, on the days on which somebody had it; null: as far as the log goes. */
const Address = closed({
  /** IPv4 or IPv6, however it is written. */
  address: Type.String({ minLength: 2, maxLength: 45 }),
  since: nullable(Day),
  until: nullable(Day),
});

/** The kinds of entries that are exported. Offers to agents tell of employees, and are left out. */
export const exportedKinds = [
  'started',
  'message',
  'note',
  'file',
  'joined',
  'left',
  'transferred',
  'resolved',
  'connection',
  'tagged',
  'profile',
] as const;

export const SubjectEntry = closed({
  at: Instant,
  kind: oneOf(...exportedKinds),
  by: oneOf('visitor', 'agent', 'platform'),
  /** The agent, where the visitor saw the name; null otherwise. */
  name: nullable(Type.String()),
  /** What was written, as it is stored: masked. Null for what is no message or note. */
  text: nullable(Type.String()),
  /** What else the entry says, such as the queue, the state of the connection, tags, or which file. */
  details: Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String()), Type.Null()])),
});
export type SubjectEntry = Static<typeof SubjectEntry>;

/** A file that was sent in a conversation, by either side. */
export const SubjectFile = closed({
  mediaId: Id,
  name: Type.String(),
  sizeBytes: Type.Integer(),
  /** Where it lies in the archive. Null when its content is not there any more. */
  path: nullable(Type.String()),
  /** Whether all of it is there: damaged content ends where the damage begins. */
  state: oneOf('whole', 'damaged', 'missing'),
});
export type SubjectFile = Static<typeof SubjectFile>;

/** To whom the conversation was forwarded by mail (GDPR, Article 15, 1 c). */
export const SubjectRecipient = closed({
  /** Null when it is damaged. */
  to: nullable(Type.String()),
  at: Instant,
  /** `sent`: a mail server has taken it. `queued`: it is still being tried. */
  state: oneOf(...mailStates),
  sentAt: nullable(Instant),
  /** What was written to the recipient, and why it was sent; null where internal notes are left out. */
  note: nullable(Type.String()),
  reason: nullable(Type.String()),
});
export type SubjectRecipient = Static<typeof SubjectRecipient>;

export const SubjectConversation = closed({
  caseId: Type.String(),
  state: oneOf(...conversationStates),
  siteName: Type.String(),
  queueName: Type.String(),
  startedAt: Instant,
  resolvedAt: nullable(Instant),
  /** The agents whose names the visitor saw, in their order. */
  handledBy: Type.Array(Type.String()),
  tags: Type.Array(Type.String()),
  /** How the visitor rated it, from 1 to 5; null where they did not. */
  rating: nullable(RatingScore),
  profile: Type.Array(ProfileValue),
  entries: Type.Array(SubjectEntry),
  files: Type.Array(SubjectFile),
  recipients: Type.Array(SubjectRecipient),
  /** Entries that are there and cannot be opened. */
  unreadable: Type.Integer(),
});
export type SubjectConversation = Static<typeof SubjectConversation>;

/** What the activity log still says of the visitor sessions of these conversations, or of the address (G6). */
export const SubjectActivity = closed({
  at: Instant,
  kind: oneOf(...activityKinds),
  address: Type.String(),
  agent: Type.String(),
  path: nullable(Type.String()),
});
export type SubjectActivity = Static<typeof SubjectActivity>;

/** The machine-readable document, `data.json` in the archive. `complete` comes last: a document that was cut short has none. */
export const SubjectDocument = closed({
  format: Type.Literal('samtal-subject-access'),
  version: Type.Literal(1),
  accountName: Type.String(),
  madeAt: Instant,
  subject: Type.Union([...subjects, closed({ kind: Type.Literal('address'), ...Address.properties })]),
  /** Null for an address, whose lines are all there is. */
  notes: nullable(oneOf('included', 'left-out')),
  conversations: Type.Array(SubjectConversation),
  activity: Type.Array(SubjectActivity),
  complete: Type.Literal(true),
});
export type SubjectDocument = Static<typeof SubjectDocument>;

export const exportSubjectData = endpoint({
  id: 'subject-access.exportSubjectData',
  method: 'POST',
  path: '/accounts/{accountId}/subject-access',
  summary: 'Everything that is stored about a visitor, as an archive for the visitor (GDPR, Article 15)',
  description:
    'A ZIP archive with `index.html` to read, `data.json` for machines, and `files/`. Made while it is sent, and kept ' +
    'nowhere. It holds what lies in your scope of subject-access.export. `notes` are ' +
    'what agents wrote to each other; leave them out where they would harm the rights of others (Article 15, 4).',
  access: { holding: 'subject-access.export' },
  sensitive: true,
  params: closed({ accountId: Id }),
  body: closed({
    subject: Subject,
    /** The language of the readable document’s own words. */
    locale: oneOf('en', 'sv'),
    notes: oneOf('included', 'left-out'),
  }),
  status: 200,
  media: ['application/zip'],
  errors: ['visitors.attribute-not-indexed', 'not-found'],
});

export const exportAddressLines = endpoint({
  id: 'subject-access.exportAddressLines',
  method: 'POST',
  path: '/accounts/{accountId}/subject-access/addresses',
  summary:
    'What the activity log says of an address, as an archive for the person who had it (GDPR, Article 15)',
  description:
    'A ZIP archive like that of `exportSubjectData`, with the lines of this address alone: no case, no conversation, and nothing ' +
    'of other addresses. An address may have been others’ on other days: say on which days it was theirs. Recorded with its ' +
    'reason before anything is answered, also when there is nothing.',
  access: { holding: 'activity-log.export' },
  sensitive: true,
  params: closed({ accountId: Id }),
  body: closed({
    ...Address.properties,
    /** How the person has shown that the address was theirs, and who asked. Kept as long as the audit trail. */
    reason: LookUpReason,
    locale: oneOf('en', 'sv'),
  }),
  status: 200,
  media: ['application/zip'],
  errors: ['not-found'],
});
