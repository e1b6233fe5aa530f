import { FileRules } from '../media/file.ts';
import { EntryPage, Text } from '../conversations/entries.ts';
import { ratingMinutes, RatingScore } from '../conversations/index.ts';
import { endpoint } from '../endpoint/index.ts';
import { closed, Id, Instant, Locale, nullable, oneOf, Type, type Static } from '../shared/index.ts';
import { ticketLimits } from '../tickets/index.ts';
import { AttributeKey, AttributeValues } from '../visitors/attributes.ts';
import {
  configurationRoute,
  endConversationRoute,
  endSessionRoute,
  getConversationRoute,
  identifyVisitorRoute,
  rateConversationRoute,
  readEntriesRoute,
  redeemTicketRoute,
  startConversationRoute,
  startSessionRoute,
} from './routes.ts';

export const SiteKey = Type.String({ pattern: '^[A-Za-z0-9]{20}$' });

const site = closed({ siteKey: SiteKey });

/** What the widget needs to draw itself on one page. */
export const WidgetConfiguration = closed({
  locale: Locale,
  direction: oneOf('ltr', 'rtl'),
  accentColour: Type.String(),
  /** What `identify` may say about the visitor; other values never leave the page. */
  attributes: Type.Array(AttributeKey),
  /** Which files the visitor may send; null when none. */
  files: nullable(FileRules),
  /** Whether conversations need a ticket, which the page gets when its visitor is signed in (C9). */
  needsTicket: Type.Boolean(),
  /** Whether `showToAgent` does anything (E9). */
  showsSessionData: Type.Boolean(),
  /** Whether the widget says which pages are visited during a conversation (G10). */
  reportsPages: Type.Boolean(),
  /** Every text of the widget in `locale`: `contract/text/widget/<locale>.json`. */
  text: Type.Record(Type.String(), Type.String()),
});
export type WidgetConfiguration = Static<typeof WidgetConfiguration>;

/** A conversation as its visitor sees it: an offer to an agent is still waiting. */
export const VisitorConversation = closed({
  id: Id,
  caseId: Type.String(),
  state: oneOf('waiting', 'active', 'resolved'),
  agentName: nullable(Type.String()),
  public: closed({ epoch: Id, head: Type.Integer() }),
  /** Once it has ended, while the visitor may say how it went (D7): what they said last. Null where they are not asked, or no longer. */
  rating: nullable(closed({ score: nullable(RatingScore) })),
});
export type VisitorConversation = Static<typeof VisitorConversation>;

export const VisitorSession = closed({
  /** Sent as `authorization: Bearer`, and in the socket’s hello. Kept in the page’s own storage; never a cookie (D1). */
  token: Type.String(),
  visitorId: Id,
  expiresAt: Instant,
});
export type VisitorSession = Static<typeof VisitorSession>;

export const getWidgetConfiguration = endpoint({
  id: 'widget.getWidgetConfiguration',
  ...configurationRoute,
  summary: 'What the widget needs to draw itself',
  access: 'anyone',
  params: site,
  query: closed({ locale: Type.Optional(Locale) }),
  status: 200,
  response: WidgetConfiguration,
  errors: ['not-found', 'request.origin'],
});

export const startVisitorSession = endpoint({
  id: 'widget.startVisitorSession',
  ...startSessionRoute,
  summary: 'Begin a visitor session: nothing is known about the visitor but its id (D2)',
  access: 'anyone',
  params: site,
  status: 201,
  response: VisitorSession,
  errors: ['not-found', 'request.origin', 'request.rate-limited'],
});

export const redeemTicket = endpoint({
  id: 'widget.redeemTicket',
  ...redeemTicketRoute,
  summary: 'Say who the visitor is by a ticket that the organisation’s own server has signed (C9)',
  description:
    'Each ticket is redeemed once. A session that the request carries as a bearer token ends: whoever is the same customer, or was nobody yet, goes on in the new one with the conversation that is open; whoever was another customer has that conversation ended. Without a session the customer goes on where they were last, on whatever device. `fields` says why a ticket is refused.',
  access: 'anyone',
  params: site,
  body: closed({
    /** A JWT (RFC 7519) in the compact form. In the body alone: addresses are kept in many places. */
    ticket: Type.String({ minLength: 1, maxLength: ticketLimits.length, pattern: '^[A-Za-z0-9_.-]+$' }),
    /** What the ticket’s `nonce` is the SHA-256 of, in base64url, where it has one: nobody else can redeem it. */
    verifier: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{43,128}$' })),
  }),
  status: 201,
  response: VisitorSession,
  errors: [
    'not-found',
    'request.origin',
    'request.rate-limited',
    'tickets.refused',
    'visitors.session-ended',
  ],
});

export const endVisitorSession = endpoint({
  id: 'widget.endVisitorSession',
  ...endSessionRoute,
  summary: 'End the visitor session; an open conversation is resolved',
  access: 'visitor',
  params: site,
  status: 204,
});

export const startConversation = endpoint({
  id: 'widget.startConversation',
  ...startConversationRoute,
  summary: 'Write the first message',
  description:
    'If a conversation is open already the message joins it. The same `cid` again writes nothing. `attributes` go to ' +
    'the visitor’s profile; one that the account has not declared refuses the whole. What a ticket said stays as it is.',
  access: 'visitor',
  params: site,
  body: closed({ cid: Id, text: Text, attributes: Type.Optional(AttributeValues) }),
  status: 201,
  response: VisitorConversation,
  errors: ['tickets.required', 'visitors.undeclared-attribute'],
});

export const identifyVisitor = endpoint({
  id: 'widget.identifyVisitor',
  ...identifyVisitorRoute,
  summary: 'Say more about the visitor of the open conversation',
  description:
    'Only attributes that the account has declared (D2): one that it has not refuses the whole, and changes nothing. ' +
    'What stays as it was is no change.',
  access: 'visitor',
  params: site,
  body: closed({ attributes: AttributeValues }),
  status: 204,
  errors: ['conversations.closed', 'visitors.undeclared-attribute', 'not-found'],
});

export const getVisitorConversation = endpoint({
  id: 'widget.getVisitorConversation',
  ...getConversationRoute,
  summary: 'The visitor’s latest conversation of this session, if there is one',
  access: 'visitor',
  params: site,
  status: 200,
  response: closed({ conversation: nullable(VisitorConversation) }),
});

export const readVisitorEntries = endpoint({
  id: 'widget.readVisitorEntries',
  ...readEntriesRoute,
  summary: 'A page of the public stream of the visitor’s latest conversation',
  access: 'visitor',
  params: site,
  query: closed({
    after: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  }),
  status: 200,
  response: EntryPage,
  errors: ['not-found'],
});

export const endConversation = endpoint({
  id: 'widget.endConversation',
  ...endConversationRoute,
  summary: 'The visitor ends the conversation',
  access: 'visitor',
  params: site,
  status: 200,
  response: VisitorConversation,
  errors: ['not-found'],
});

export const rateConversation = endpoint({
  id: 'widget.rateConversation',
  ...rateConversationRoute,
  summary: 'The visitor says how an ended conversation went',
  description:
    `Asked where the site’s settings say so and an agent was in the conversation, for ${ratingMinutes} minutes from its end, also when the ` +
    'session has ended meanwhile. What is said last holds. A conversation of another visitor is answered as if it did not exist.',
  access: 'visitor',
  minutesAfterSession: ratingMinutes,
  params: closed({ ...site.properties, conversationId: Id }),
  body: closed({ score: RatingScore }),
  status: 204,
  errors: [
    'conversations.not-ended',
    'conversations.rating-not-asked',
    'conversations.rating-too-late',
    'not-found',
    'request.rate-limited',
  ],
});
