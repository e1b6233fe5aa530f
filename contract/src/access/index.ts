import { endpoint } from '../endpoint/index.ts';
import { changeFields, makingFields, NewestVersion, removal, maxReasonLength } from '../history/change.ts';
import { changesOf, closed, Id, listOf, Name, nullable, oneOf, Type, type Static } from '../shared/index.ts';
import { authorisationNames } from './authorisations.ts';

export * from './authorisations.ts';
export * from './roles.ts';

/**
 * Where a grant holds (B2). Values of one dimension are alternatives; dimensions narrow each other; a dimension
 * left out does not narrow. `{}` is the whole account. A unit is a region or a team, with everything below it, also what
 * comes to be there later.
 */
export const Scope = closed({
  unit: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 100 })),
  queue: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 100 })),
  site: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 100 })),
});
export type Scope = Static<typeof Scope>;

const roleFields = {
  name: Name,
  authorisations: Type.Array(oneOf(...authorisationNames), { uniqueItems: true }),
  /** Ids of the roles that this one holds. */
  roles: Type.Array(Id, { uniqueItems: true, maxItems: 50 }),
};

/** What versions keep of a role (H1). */
export const RoleConfiguration = closed(roleFields);

export const Role = closed({
  id: Id,
  /** The word of a built-in role, null for a role of the account's own. */
  builtIn: nullable(Type.String()),
  ...roleFields,
  /** Everything the role allows, through every role that it holds. */
  allows: Type.Array(oneOf(...authorisationNames)),
  version: NewestVersion,
});
export type Role = Static<typeof Role>;

/** What a role is given for. There is one wherever it opens what people write in conversations of others (B3). */
const purpose = Type.String({ maxLength: maxReasonLength });

export const Grant = closed({ id: Id, userId: Id, roleId: Id, scope: Scope, purpose });
export type Grant = Static<typeof Grant>;

/** What versions keep of a grant (H1): who may do what, where. */
export const GrantConfiguration = closed({
  userId: Id,
  roleId: Id,
  scope: Scope,
  /** Left out of versions from before there were purposes. */
  purpose: Type.Optional(purpose),
});

/** Through which grant somebody holds an authorisation, and where. */
const Through = closed({
  grantId: Id,
  /** Ids of roles: the one that was given, and through which it holds the one that says the authorisation itself. */
  roles: Type.Array(Id),
  scope: Scope,
  purpose,
});

/** One thing that a user may do, with everything that it comes from. */
export const Held = closed({ authorisation: oneOf(...authorisationNames), through: Type.Array(Through) });
export type Held = Static<typeof Held>;

/** Somebody who may do something. */
export const Holder = closed({
  userId: Id,
  name: Type.String(),
  /** Whoever is not active holds it and can do nothing. */
  status: oneOf('invited', 'active', 'inactive'),
  through: Type.Array(Through),
});
export type Holder = Static<typeof Holder>;

const account = { accountId: Id };

export const listRoles = endpoint({
  id: 'access.listRoles',
  method: 'GET',
  path: '/accounts/{accountId}/roles',
  summary: 'The roles of the account, built-in ones first',
  access: { holding: 'access.read' },
  params: closed(account),
  status: 200,
  response: listOf(Role),
});

export const createRole = endpoint({
  id: 'access.createRole',
  method: 'POST',
  path: '/accounts/{accountId}/roles',
  summary: 'Define a role',
  access: { holding: 'access.manage' },
  sensitive: true,
  params: closed(account),
  body: closed({ ...roleFields, ...makingFields }),
  status: 201,
  response: Role,
  errors: ['access.exceeds-own', 'names.taken', 'not-found'],
});

export const changeRole = endpoint({
  id: 'access.changeRole',
  method: 'PATCH',
  path: '/accounts/{accountId}/roles/{roleId}',
  summary: 'Change a role of the account’s own',
  access: { holding: 'access.manage' },
  sensitive: true,
  params: closed({ ...account, roleId: Id }),
  body: changesOf({ ...roleFields, ...changeFields }),
  status: 200,
  response: Role,
  errors: [
    'access.exceeds-own',
    'access.purpose-required',
    'access.role-built-in',
    'access.role-cycle',
    'history.changed-meanwhile',
    'names.taken',
    'not-found',
  ],
});

export const deleteRole = endpoint({
  id: 'access.deleteRole',
  method: 'DELETE',
  path: '/accounts/{accountId}/roles/{roleId}',
  summary: 'Delete a role that nobody holds',
  access: { holding: 'access.manage' },
  sensitive: true,
  params: closed({ ...account, roleId: Id }),
  ...removal,
  status: 204,
  errors: ['access.role-built-in', 'access.role-in-use', 'not-found'],
});

export const listGrants = endpoint({
  id: 'access.listGrants',
  method: 'GET',
  path: '/accounts/{accountId}/grants',
  summary: 'Who holds which role, and where',
  access: { holding: 'access.read' },
  params: closed(account),
  query: closed({ userId: Type.Optional(Id) }),
  status: 200,
  response: listOf(Grant),
});

export const giveRole = endpoint({
  id: 'access.giveRole',
  method: 'POST',
  path: '/accounts/{accountId}/grants',
  summary: 'Give a role to a user, for the whole account or within a scope',
  description:
    'The `reason` is kept as the purpose of the grant. A role that opens the content of conversations of others is not given without one.',
  access: { holding: 'access.manage' },
  sensitive: true,
  params: closed(account),
  body: closed({ userId: Id, roleId: Id, scope: Scope, ...makingFields }),
  status: 201,
  response: Grant,
  errors: ['access.exceeds-own', 'access.purpose-required', 'not-found'],
});

export const withdrawRole = endpoint({
  id: 'access.withdrawRole',
  method: 'DELETE',
  path: '/accounts/{accountId}/grants/{grantId}',
  summary: 'Take a role back',
  access: { holding: 'access.manage' },
  sensitive: true,
  params: closed({ ...account, grantId: Id }),
  ...removal,
  status: 204,
  errors: ['access.exceeds-own', 'access.last-administrator', 'not-found'],
});

export const listHeld = endpoint({
  id: 'access.listHeld',
  method: 'GET',
  path: '/accounts/{accountId}/users/{userId}/access',
  summary: 'What a user may do, where, and through which grants and roles',
  access: { holding: 'access.read' },
  params: closed({ ...account, userId: Id }),
  status: 200,
  response: listOf(Held),
  errors: ['not-found'],
});

export const listHolders = endpoint({
  id: 'access.listHolders',
  method: 'GET',
  path: '/accounts/{accountId}/authorisations/{authorisation}/holders',
  summary: 'Who may do something, where, and through which grants and roles',
  access: { holding: 'access.read' },
  params: closed({ ...account, authorisation: oneOf(...authorisationNames) }),
  status: 200,
  response: listOf(Holder),
});
