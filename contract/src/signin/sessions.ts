import { endpoint } from '../endpoint/index.ts';
import { closed, Id, Instant, nullable, oneOf, Type, type Static } from '../shared/index.ts';

/** How many sessions a person may have at a time (C6): the first allows most. */
export const connectionLimits = ['unlimited', 'web-only', 'one-web-and-one-mobile'] as const;

/** A session as people are shown it. Of where it was begun nothing is kept but these words. */
export const SessionOfPerson = closed({
  id: Id,
  device: oneOf('web', 'mobile'),
  /** Null where it is none that is known. */
  browser: nullable(Type.String()),
  system: nullable(Type.String()),
  startedAt: Instant,
  /** To the minute. */
  usedAt: Instant,
  endsAt: Instant,
  /** The one that asked. */
  isCurrent: Type.Boolean(),
});
export type SessionOfPerson = Static<typeof SessionOfPerson>;

const list = closed({ items: Type.Array(SessionOfPerson) });

export const listOwnSessions = endpoint({
  id: 'signin.listOwnSessions',
  method: 'GET',
  path: '/sessions',
  summary: 'Where the user is signed in',
  access: 'signed-in',
  status: 200,
  response: list,
});

export const endOwnSession = endpoint({
  id: 'signin.endOwnSession',
  method: 'DELETE',
  path: '/sessions/{sessionId}',
  summary: 'Sign the user out somewhere; its sockets close',
  access: 'signed-in',
  params: closed({ sessionId: Id }),
  status: 204,
  errors: ['not-found'],
});

export const endOtherSessions = endpoint({
  id: 'signin.endOtherSessions',
  method: 'DELETE',
  path: '/sessions',
  summary: 'Sign the user out everywhere but here',
  access: 'signed-in',
  status: 204,
});

export const listSessionsOfUser = endpoint({
  id: 'signin.listSessionsOfUser',
  method: 'GET',
  path: '/accounts/{accountId}/users/{userId}/sessions',
  summary: 'Where a user is signed in',
  access: { holding: 'users.manage' },
  params: closed({ accountId: Id, userId: Id }),
  status: 200,
  response: list,
  errors: ['not-found'],
});

export const endSessionOfUser = endpoint({
  id: 'signin.endSessionOfUser',
  method: 'DELETE',
  path: '/accounts/{accountId}/users/{userId}/sessions/{sessionId}',
  summary: 'Sign a user out somewhere, of every account',
  access: { holding: 'users.manage' },
  params: closed({ accountId: Id, userId: Id, sessionId: Id }),
  status: 204,
  errors: ['access.exceeds-own', 'not-found'],
});
