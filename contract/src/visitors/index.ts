import { Conversation, criteria } from '../conversations/index.ts';
import { endpoint } from '../endpoint/index.ts';
import {
  closed,
  Id,
  Instant,
  listOf,
  nullable,
  pageOf,
  pageQuery,
  Type,
  type Static,
} from '../shared/index.ts';
import { AttributeKey, AttributeValue, DeclaredAttribute } from './attributes.ts';

export * from './attributes.ts';

/** One value of a profile, with what it was declared for. */
export const ProfileValue = closed({
  ...DeclaredAttribute.properties,
  value: Type.String(),
  setAt: Instant,
  /** A ticket said it (C9); everything else the page said, whoever had it say so. */
  verified: Type.Boolean(),
});
export type ProfileValue = Static<typeof ProfileValue>;

/** A value to look for, or whose owner something is about. */
export const AttributeMatch = closed({ key: AttributeKey, value: AttributeValue });
export type AttributeMatch = Static<typeof AttributeMatch>;

const account = { accountId: Id };

export const listAttributes = endpoint({
  id: 'visitors.listAttributes',
  method: 'GET',
  path: '/accounts/{accountId}/attributes',
  summary: 'The attributes of visitors that the account has declared, in its order',
  access: 'member',
  params: closed(account),
  status: 200,
  response: listOf(DeclaredAttribute),
});

export const getProfile = endpoint({
  id: 'visitors.getProfile',
  method: 'GET',
  path: '/accounts/{accountId}/conversations/{conversationId}/profile',
  summary: 'What is known about the visitor of a conversation',
  description: 'Your own conversations, or any in your scope with visitors.read. Every reading is audited.',
  access: 'member',
  params: closed({ ...account, conversationId: Id }),
  status: 200,
  response: closed({
    /** When a ticket said who the visitor of this conversation is; null when none did. */
    verifiedAt: nullable(Instant),
    items: Type.Array(ProfileValue),
  }),
  errors: ['not-found'],
});

/** Values are in the body, since addresses are kept in many places. */
export const findByAttributes = endpoint({
  id: 'visitors.findByAttributes',
  method: 'POST',
  path: '/accounts/{accountId}/conversations/by-attributes',
  summary: 'Find conversations by values of declared attributes, newest first',
  description:
    'Values are compared without regard to case and spaces. All of them must match. What is found lies within your ' +
    'scopes of visitors.find and of conversations.find. Which attributes were used is audited, their values are not.',
  access: { holding: 'visitors.find' },
  params: closed(account),
  body: closed({
    ...pageQuery,
    ...criteria,
    attributes: Type.Array(AttributeMatch, { minItems: 1, maxItems: 5 }),
  }),
  status: 200,
  response: pageOf(Conversation),
  errors: ['visitors.attribute-not-indexed'],
});
