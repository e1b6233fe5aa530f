import { endpoint } from '../endpoint/index.ts';
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
import { audiences, EntryPage, postedKinds, Tag, Text } from './entries.ts';
import { scores, type Score } from './rating.ts';

export * from './entries.ts';
export * from './rating.ts';

/**
 * waiting → offered   routing offers it to an agent
 * offered → active    the agent accepts
 * offered → waiting   the agent declines, misses it, or goes away
 * waiting → active    an agent picks it, or the queue assigns
 * active  → waiting   transferred to a queue
 * active  → offered   transferred to an agent
 * waiting, offered, active → resolved   an agent, the visitor, the end of the visitor’s session, or silence
 */
export const conversationStates = ['waiting', 'offered', 'active', 'resolved'] as const;
export type ConversationState = (typeof conversationStates)[number];

/** How well the visitor can be reached (E3). `unknown` before the first connection. */
export const linkStates = ['unknown', 'ok', 'weak', 'lost'] as const;
export type LinkState = (typeof linkStates)[number];

/** A case id (E10): two groups of five from Crockford’s base 32, 50 random bits. Read without regard to case. */
export const CaseId = Type.String({
  pattern: '^[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{5}-?[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{5}$',
});

/** How a conversation went, by its visitor (D7). */
export const RatingScore = Type.Unsafe<Score>(Type.Integer({ minimum: scores[0], maximum: scores[4] }));

const stream = closed({ epoch: Id, head: Type.Integer() });

export const Conversation = closed({
  id: Id,
  caseId: Type.String(),
  state: oneOf(...conversationStates),
  siteId: nullable(Id),
  siteName: Type.String(),
  queueId: Id,
  queueName: Type.String(),
  /** The agent who has it, or to whom it is offered. */
  agentId: nullable(Id),
  agentName: nullable(Type.String()),
  /** While it is offered: when the offer passes on. */
  offerUntil: nullable(Instant),
  link: oneOf(...linkStates),
  tags: Type.Array(Tag),
  startedAt: Instant,
  /** When it last entered a queue. */
  queuedAt: Instant,
  resolvedAt: nullable(Instant),
  /** How the visitor rated it; null where they were not asked or did not answer. */
  rating: nullable(RatingScore),
  public: stream,
  internal: stream,
  /** Receipts: the last seq of the public stream that reached the visitor, and that each side has read. */
  visitorDelivered: Type.Integer(),
  visitorRead: Type.Integer(),
  agentRead: Type.Integer(),
  /** The start of the last message, and who wrote it. Null for those who may not read the transcript. */
  preview: nullable(closed({ by: oneOf('visitor', 'agent'), text: Type.String(), at: Instant })),
});
export type Conversation = Static<typeof Conversation>;

const account = { accountId: Id };
const one = closed({ ...account, conversationId: Id });

/** What conversations can be found by (E10). Whatever is given must hold. */
export const criteria = {
  caseId: Type.Optional(CaseId),
  agentId: Type.Optional(Id),
  queueId: Type.Optional(Id),
  state: Type.Optional(oneOf(...conversationStates)),
  tag: Type.Optional(Tag),
  /** Started at or after. */
  from: Type.Optional(Instant),
  /** Started before. */
  until: Type.Optional(Instant),
};

export const listMyConversations = endpoint({
  id: 'conversations.listMyConversations',
  method: 'GET',
  path: '/accounts/{accountId}/conversations/mine',
  summary: 'The conversations that you have or are offered, oldest first',
  access: { holding: 'conversations.handle' },
  params: closed(account),
  status: 200,
  response: listOf(Conversation),
});

export const listWaitingConversations = endpoint({
  id: 'conversations.listWaitingConversations',
  method: 'GET',
  path: '/accounts/{accountId}/conversations/waiting',
  summary: 'The conversations in your scope that wait for an agent, longest first (at most 100)',
  access: { holding: 'conversations.take' },
  params: closed(account),
  status: 200,
  response: listOf(Conversation),
});

export const findConversations = endpoint({
  id: 'conversations.findConversations',
  method: 'GET',
  path: '/accounts/{accountId}/conversations',
  summary: 'Find conversations in your scope, newest first',
  access: { holding: 'conversations.find' },
  params: closed(account),
  query: closed({ ...pageQuery, ...criteria }),
  status: 200,
  response: pageOf(Conversation),
});

export const getConversation = endpoint({
  id: 'conversations.getConversation',
  method: 'GET',
  path: '/accounts/{accountId}/conversations/{conversationId}',
  summary: 'One conversation: your own, waiting in your scope, or one that you may find',
  access: 'member',
  params: one,
  status: 200,
  response: Conversation,
  errors: ['not-found'],
});

export const readEntries = endpoint({
  id: 'conversations.readEntries',
  method: 'GET',
  path: '/accounts/{accountId}/conversations/{conversationId}/entries',
  summary: 'A page of one stream of the conversation log',
  description:
    'Your own conversations, or any in your scope with conversations.read. Reading from the start is audited.',
  access: 'member',
  params: one,
  query: closed({
    audience: Type.Optional(oneOf(...audiences)),
    /** Entries with a higher seq than this. */
    after: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  }),
  status: 200,
  response: EntryPage,
  errors: ['not-found'],
});

export const postEntry = endpoint({
  id: 'conversations.postEntry',
  method: 'POST',
  path: '/accounts/{accountId}/conversations/{conversationId}/entries',
  summary: 'Write a message to the visitor or a note to colleagues',
  description: 'The same `cid` again returns the first result and writes nothing.',
  access: 'member',
  params: one,
  body: closed({ cid: Id, kind: oneOf(...postedKinds), text: Text }),
  status: 200,
  response: closed({ seq: Type.Integer(), at: Instant, duplicate: Type.Boolean() }),
  errors: ['conversations.closed', 'conversations.not-yours', 'not-found'],
});

export const acceptConversation = endpoint({
  id: 'conversations.acceptConversation',
  method: 'POST',
  path: '/accounts/{accountId}/conversations/{conversationId}/acceptance',
  summary: 'Accept a conversation that is offered to you',
  access: { holding: 'conversations.handle' },
  notForKeys: true,
  params: one,
  status: 200,
  response: Conversation,
  errors: ['conversations.not-offered', 'not-found'],
});

export const declineConversation = endpoint({
  id: 'conversations.declineConversation',
  method: 'POST',
  path: '/accounts/{accountId}/conversations/{conversationId}/refusal',
  summary: 'Decline a conversation that is offered to you; it goes to another agent',
  access: { holding: 'conversations.handle' },
  notForKeys: true,
  params: one,
  status: 204,
  errors: ['conversations.not-offered', 'not-found'],
});

export const takeConversation = endpoint({
  id: 'conversations.takeConversation',
  method: 'POST',
  path: '/accounts/{accountId}/conversations/{conversationId}/taking',
  summary: 'Pick a waiting conversation out of the queue',
  access: { holding: 'conversations.take' },
  notForKeys: true,
  params: one,
  status: 200,
  response: Conversation,
  errors: ['conversations.transition', 'not-found'],
});

export const transferConversation = endpoint({
  id: 'conversations.transferConversation',
  method: 'POST',
  path: '/accounts/{accountId}/conversations/{conversationId}/transfer',
  summary: 'Hand a conversation over to a queue or to an agent who is available',
  description:
    'Your own conversation, or any in your scope with conversations.direct. The note goes to the internal stream.',
  access: 'member',
  params: one,
  body: Type.Union([
    closed({ queueId: Id, note: Type.Optional(Text) }),
    closed({ agentId: Id, note: Type.Optional(Text) }),
  ]),
  status: 200,
  response: Conversation,
  errors: [
    'conversations.closed',
    'conversations.not-yours',
    'conversations.nobody-there',
    'conversations.transition',
    'not-found',
  ],
});

export const resolveConversation = endpoint({
  id: 'conversations.resolveConversation',
  method: 'POST',
  path: '/accounts/{accountId}/conversations/{conversationId}/resolution',
  summary: 'Resolve a conversation',
  description: 'Your own conversation, or any in your scope with conversations.direct.',
  access: 'member',
  params: one,
  status: 200,
  response: Conversation,
  errors: ['conversations.closed', 'conversations.not-yours', 'not-found'],
});

export const listTags = endpoint({
  id: 'conversations.listTags',
  method: 'GET',
  path: '/accounts/{accountId}/tags',
  summary: 'The tags that conversations of the account can get',
  access: 'member',
  params: closed(account),
  status: 200,
  response: listOf(Tag),
});

export const changeTags = endpoint({
  id: 'conversations.changeTags',
  method: 'PATCH',
  path: '/accounts/{accountId}/conversations/{conversationId}/tags',
  summary: 'Give tags to a conversation, or take them away',
  description:
    'Your own conversation, or any in your scope with conversations.direct. Only tags of the account are given.',
  access: 'member',
  params: one,
  body: closed({
    add: Type.Array(Tag, { maxItems: 20, uniqueItems: true }),
    remove: Type.Array(Tag, { maxItems: 20, uniqueItems: true }),
  }),
  status: 200,
  response: Conversation,
  errors: ['conversations.not-yours', 'conversations.unknown-tag', 'not-found'],
});
