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

/** What the activity log says of a visitor (G6, G10). `page` only at the level `pages`. */
export const activityKinds = [
  'session-started',
  'session-ended',
  'connected',
  'disconnected',
  'conversation-started',
  'conversation-ended',
  'page',
] as const;
export type ActivityKind = (typeof activityKinds)[number];

/** Why somebody reads in the log: without a reason of some substance nobody does. */
export const minReasonLength = 10;
export const LookUpReason = Type.String({
  minLength: minReasonLength,
  maxLength: 500,
  // Ten characters that are more than space.
  pattern: '^\\s*\\S(?:[\\s\\S]*\\S){9}\\s*$',
});

/** One contact of the visitor's browser. No page: which ones somebody visited is no part of a look-up. */
export const AddressSighting = closed({
  id: Id,
  at: Instant,
  kind: oneOf(...activityKinds),
  /** An IPv4 or IPv6 address (RFC 5952). */
  address: Type.String(),
  /** The kind of browser, such as `firefox phone`: a class of many, and not what the browser said of itself. */
  agent: Type.String(),
});
export type AddressSighting = Static<typeof AddressSighting>;

export const lookUpAddress = endpoint({
  id: 'activity-log.lookUpAddress',
  method: 'POST',
  path: '/accounts/{accountId}/conversations/{conversationId}/address-look-ups',
  summary: 'Look up from which addresses the visitor of a conversation came',
  description:
    'Needs `activity-log.look-up` where the conversation is. Each look-up is recorded, and each refused one as well. ' +
    'Empty when the log says nothing (any more): it is kept for seven days at most.',
  access: 'member',
  sensitive: true,
  params: closed({ accountId: Id, conversationId: Id }),
  body: closed({ reason: LookUpReason }),
  status: 200,
  response: closed({
    sightings: Type.Array(AddressSighting),
    /** For how many days the account keeps the log. */
    keptDays: Type.Integer(),
  }),
  errors: ['access.forbidden', 'not-found'],
});

/** Somebody has read in the log. */
export const ActivityReading = closed({
  id: Id,
  at: Instant,
  /** Null for an operator. */
  readBy: nullable(Id),
  /** Null when an operator read the log at large. */
  conversationId: nullable(Id),
  caseId: nullable(Type.String()),
  /** Null when it was erased. */
  reason: nullable(Type.String()),
  /** Entries shown. */
  found: Type.Integer(),
});
export type ActivityReading = Static<typeof ActivityReading>;

export const listActivityReadings = endpoint({
  id: 'activity-log.listActivityReadings',
  method: 'GET',
  path: '/accounts/{accountId}/activity-readings',
  summary: 'Who has read in the activity log, and why; newest first',
  access: { holding: 'audit.read' },
  params: closed({ accountId: Id }),
  query: closed(pageQuery),
  status: 200,
  response: pageOf(ActivityReading),
});
