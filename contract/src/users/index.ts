import { endpoint } from '../endpoint/index.ts';
import { changeFields, makingFields, NewestVersion, removal } from '../history/change.ts';
import {
  changesOf,
  closed,
  Email,
  Id,
  Instant,
  Name,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  Type,
  type Static,
} from '../shared/index.ts';

/** Why somebody can be inactive. */
export const inactiveReasons = ['administrator', 'unused', 'directory'] as const;

const Day = Type.String({ format: 'date' });

const userFields = {
  /** What visitors and colleagues see. */
  name: Name,
  /** How many conversations the user may have at once (E1). */
  maxConversations: Type.Integer({ minimum: 1, maximum: 50 }),
};

/**
 * What versions keep of a user (H1). Of one who is only invited no status is kept. The name is there for as long as the
 * membership, in versions from since names are kept.
 */
export const UserConfiguration = closed({
  name: Type.Optional(userFields.name),
  maxConversations: userFields.maxConversations,
  status: Type.Optional(oneOf('active', 'inactive')),
});

/** A person as a member of one account. The same person (the same `id`) may belong to several. */
export const User = closed({
  id: Id,
  email: Email,
  ...userFields,
  /** `invited` until the invitation is accepted; `inactive` users cannot sign in to this account. */
  status: oneOf('invited', 'active', 'inactive'),
  /** `builtIn` is the word of a built-in role, null for a role of the account’s own. */
  roles: Type.Array(
    closed({ grantId: Id, roleId: Id, name: Type.String(), builtIn: nullable(Type.String()) }),
  ),
  createdAt: Instant,
  lastSignInAt: nullable(Instant),
  /** The last day, in UTC, on which the user signed in or worked in the account; null where there was none (B5). */
  lastActiveOn: nullable(Day),
  /**
   * Why somebody is inactive: switched off by an administrator, away for longer than `users.inactive-after-days` (B5), or
   * switched off by the account’s directory (B6). Null for everybody else.
   */
  inactiveBecause: nullable(oneOf(...inactiveReasons)),
  /** Of name, limit and status. */
  version: NewestVersion,
});
export type User = Static<typeof User>;

/** A user with the one-time link that lets the person in. It is shown once; only its hash is kept. */
export const Invitation = closed({
  user: User,
  /** Path and fragment below the console’s address; the token is in the fragment, which no server logs. */
  link: Type.String(),
  expiresAt: Instant,
});
export type Invitation = Static<typeof Invitation>;

const account = { accountId: Id };
const one = closed({ ...account, userId: Id });

export const listUsers = endpoint({
  id: 'users.listUsers',
  method: 'GET',
  path: '/accounts/{accountId}/users',
  summary: 'The users of the account, by name',
  access: { holding: 'users.read' },
  params: closed(account),
  query: closed({ ...pageQuery, search: Type.Optional(Type.String({ maxLength: 120 })) }),
  status: 200,
  response: pageOf(User),
});

export const getUser = endpoint({
  id: 'users.getUser',
  method: 'GET',
  path: '/accounts/{accountId}/users/{userId}',
  summary: 'One user of the account',
  access: { holding: 'users.read' },
  params: one,
  status: 200,
  response: User,
  errors: ['not-found'],
});

export const inviteUser = endpoint({
  id: 'users.inviteUser',
  method: 'POST',
  path: '/accounts/{accountId}/users',
  summary: 'Invite a person to the account',
  description:
    'Whether the address is known to another account is never told: the answer is the same, and a person who has a password already keeps it.',
  access: { holding: 'users.manage' },
  params: closed(account),
  body: closed({
    email: Email,
    name: Name,
    maxConversations: Type.Optional(userFields.maxConversations),
    ...makingFields,
  }),
  answersOnce: true,
  status: 201,
  response: Invitation,
  errors: ['users.already-member'],
});

export const inviteUserAgain = endpoint({
  id: 'users.inviteUserAgain',
  method: 'POST',
  path: '/accounts/{accountId}/users/{userId}/invitation',
  summary: 'Replace an invitation that was lost or has expired',
  access: { holding: 'users.manage' },
  sensitive: true,
  params: one,
  answersOnce: true,
  status: 201,
  response: Invitation,
  errors: ['access.exceeds-own', 'users.already-accepted', 'not-found'],
});

export const changeUser = endpoint({
  id: 'users.changeUser',
  method: 'PATCH',
  path: '/accounts/{accountId}/users/{userId}',
  summary: 'Rename a user, change the limit, switch the user off and on',
  access: { holding: 'users.manage' },
  sensitive: (body) => 'status' in (body as object),
  params: one,
  body: changesOf({ ...userFields, status: oneOf('active', 'inactive'), ...changeFields }),
  status: 200,
  response: User,
  errors: ['access.last-administrator', 'access.exceeds-own', 'history.changed-meanwhile', 'not-found'],
});

export const removeUser = endpoint({
  id: 'users.removeUser',
  method: 'DELETE',
  path: '/accounts/{accountId}/users/{userId}',
  summary: 'Remove a user from the account',
  access: { holding: 'users.manage' },
  sensitive: true,
  params: one,
  ...removal,
  status: 204,
  errors: ['access.last-administrator', 'access.exceeds-own', 'not-found'],
});
