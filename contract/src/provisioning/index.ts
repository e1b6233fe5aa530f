import { endpoint } from '../endpoint/index.ts';
import { closed, Id, Instant, oneOf, Type, type Static } from '../shared/index.ts';

/*
 * SCIM 2.0 (RFC 7642, 7643, 7644): the directory of an account makes, changes and removes its users (B6). Names and shapes are that
 * protocol’s and not ours; docs/subsystems/provisioning.md says what of it is supported.
 */

/** The names of schemas and messages. */
export const scimUrns = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
  configuration: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  resourceType: 'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  schema: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
  /** Our code of a refusal, in an extension of the error. */
  refusal: 'urn:samtal:scim:2.0:Refusal',
} as const;

/** How much one request may ask for or hold. */
export const scimLimits = { filterLength: 500, comparisons: 5, operations: 100, resources: 200, depth: 8 };

const Urns = Type.Array(Type.String());

const Meta = closed({
  resourceType: oneOf('User', 'Group'),
  created: Instant,
  lastModified: Instant,
  location: Type.String(),
  /** A weak entity tag, which is the header ETag as well; give it back in If-Match. */
  version: Type.String(),
});

const Member = closed({ value: Id, display: Type.String() });

/** Optional where `attributes` or `excludedAttributes` leaves it out. */
export const ScimUser = closed({
  schemas: Urns,
  id: Id,
  externalId: Type.Optional(Type.String()),
  userName: Type.Optional(Type.String()),
  displayName: Type.Optional(Type.String()),
  name: Type.Optional(closed({ formatted: Type.String() })),
  active: Type.Optional(Type.Boolean()),
  emails: Type.Optional(
    Type.Array(closed({ value: Type.String(), type: oneOf('work'), primary: Type.Boolean() })),
  ),
  groups: Type.Optional(Type.Array(Member)),
  meta: Type.Optional(Meta),
});
export type ScimUser = Static<typeof ScimUser>;

export const ScimGroup = closed({
  schemas: Urns,
  id: Id,
  externalId: Type.Optional(Type.String()),
  displayName: Type.Optional(Type.String()),
  members: Type.Optional(Type.Array(Member)),
  meta: Type.Optional(Meta),
});
export type ScimGroup = Static<typeof ScimGroup>;

function scimList<Resource extends ReturnType<typeof closed>>(resource: Resource) {
  return closed({
    schemas: Urns,
    totalResults: Type.Integer(),
    startIndex: Type.Integer(),
    itemsPerPage: Type.Integer(),
    Resources: Type.Array(resource),
  });
}

/** A resource or a message as clients send it: names in any case, and more than we keep (RFC 7643, 2.1). */
const FromClient = Type.Object({}, { additionalProperties: true, maxProperties: 100 });

const account = { accountId: Id };
const base = '/accounts/{accountId}/scim/v2';
const access = { holding: 'users.provision' } as const;
const user = closed({ ...account, userId: Id });
const group = closed({ ...account, groupId: Id });

const shownQuery = {
  attributes: Type.Optional(Type.String({ maxLength: 1000 })),
  excludedAttributes: Type.Optional(Type.String({ maxLength: 1000 })),
};
const listQuery = closed({
  ...shownQuery,
  filter: Type.Optional(Type.String({ maxLength: scimLimits.filterLength })),
  /** From 1; less counts as 1. */
  startIndex: Type.Optional(Type.Integer()),
  count: Type.Optional(Type.Integer()),
  // Sorting is not supported, which clients may ask for all the same (RFC 7644, 3.4.2.3).
  sortBy: Type.Optional(Type.String({ maxLength: 200 })),
  sortOrder: Type.Optional(Type.String({ maxLength: 20 })),
});
const writing = ['provisioning.value', 'provisioning.taken', 'access.exceeds-own'] as const;
const changing = [
  ...writing,
  'provisioning.changed-meanwhile',
  'access.last-administrator',
  'not-found',
] as const;
const patching = ['provisioning.path', 'provisioning.no-target'] as const;
const ofUsers = ['provisioning.domain'] as const;

export const listScimUsers = endpoint({
  id: 'provisioning.listScimUsers',
  method: 'GET',
  path: `${base}/Users`,
  summary: 'SCIM: the users whose addresses lie in verified domains of the account',
  description:
    'Filters compare with `eq` and join with `and`: `userName`, `externalId`, `id`, `displayName`, `active`, `emails.value`.',
  access,
  scim: true,
  params: closed(account),
  query: listQuery,
  status: 200,
  response: scimList(ScimUser),
  errors: ['provisioning.filter'],
});

export const createScimUser = endpoint({
  id: 'provisioning.createScimUser',
  method: 'POST',
  path: `${base}/Users`,
  summary: 'SCIM: make a user',
  description:
    'Such a user exists in this account alone, and signs in by its identity provider. Whether another account knows the address makes no difference.',
  access,
  scim: true,
  sensitive: true,
  params: closed(account),
  body: FromClient,
  status: 201,
  response: ScimUser,
  errors: [...writing, ...ofUsers],
});

export const getScimUser = endpoint({
  id: 'provisioning.getScimUser',
  method: 'GET',
  path: `${base}/Users/{userId}`,
  summary: 'SCIM: one user',
  access,
  scim: true,
  params: user,
  query: closed(shownQuery),
  status: 200,
  response: ScimUser,
  errors: ['not-found'],
});

export const replaceScimUser = endpoint({
  id: 'provisioning.replaceScimUser',
  method: 'PUT',
  path: `${base}/Users/{userId}`,
  summary: 'SCIM: replace a user',
  description: 'With If-Match, only while nobody has changed the user meanwhile.',
  access,
  scim: true,
  sensitive: true,
  params: user,
  body: FromClient,
  status: 200,
  response: ScimUser,
  errors: [...changing, ...ofUsers, 'provisioning.immutable', 'provisioning.kept'],
});

export const patchScimUser = endpoint({
  id: 'provisioning.patchScimUser',
  method: 'PATCH',
  path: `${base}/Users/{userId}`,
  summary: 'SCIM: change a user',
  description:
    '`active: false` makes the user inactive at once. Whom an administrator has switched off, or a rule, the directory does not switch on; and whom an administrator has, it gives no other address.',
  access,
  scim: true,
  sensitive: true,
  params: user,
  body: FromClient,
  status: 200,
  response: ScimUser,
  errors: [...changing, ...patching, ...ofUsers, 'provisioning.immutable', 'provisioning.kept'],
});

export const deleteScimUser = endpoint({
  id: 'provisioning.deleteScimUser',
  method: 'DELETE',
  path: `${base}/Users/{userId}`,
  summary: 'SCIM: remove a user from the account',
  description:
    'Whom an administrator has switched off stays, so that the directory does not switch them on by making them again; an administrator removes them.',
  access,
  scim: true,
  sensitive: true,
  params: user,
  status: 204,
  errors: [
    'provisioning.kept',
    'provisioning.changed-meanwhile',
    'access.last-administrator',
    'access.exceeds-own',
    'not-found',
  ],
});

export const listScimGroups = endpoint({
  id: 'provisioning.listScimGroups',
  method: 'GET',
  path: `${base}/Groups`,
  summary: 'SCIM: the groups of the directory',
  description: 'Filters compare with `eq` and join with `and`: `displayName`, `externalId`, `id`, `members`.',
  access,
  scim: true,
  params: closed(account),
  query: listQuery,
  status: 200,
  response: scimList(ScimGroup),
  errors: ['provisioning.filter'],
});

export const createScimGroup = endpoint({
  id: 'provisioning.createScimGroup',
  method: 'POST',
  path: `${base}/Groups`,
  summary: 'SCIM: make a group',
  description:
    'Its members get the roles that the identity providers of the account name for a group of that name or `externalId`.',
  access,
  scim: true,
  sensitive: true,
  params: closed(account),
  body: FromClient,
  status: 201,
  response: ScimGroup,
  errors: [...writing],
});

export const getScimGroup = endpoint({
  id: 'provisioning.getScimGroup',
  method: 'GET',
  path: `${base}/Groups/{groupId}`,
  summary: 'SCIM: one group',
  access,
  scim: true,
  params: group,
  query: closed(shownQuery),
  status: 200,
  response: ScimGroup,
  errors: ['not-found'],
});

export const replaceScimGroup = endpoint({
  id: 'provisioning.replaceScimGroup',
  method: 'PUT',
  path: `${base}/Groups/{groupId}`,
  summary: 'SCIM: replace a group with its members',
  access,
  scim: true,
  sensitive: true,
  params: group,
  body: FromClient,
  status: 200,
  response: ScimGroup,
  errors: [...changing],
});

export const patchScimGroup = endpoint({
  id: 'provisioning.patchScimGroup',
  method: 'PATCH',
  path: `${base}/Groups/{groupId}`,
  summary: 'SCIM: rename a group, add and remove members',
  access,
  scim: true,
  sensitive: true,
  params: group,
  body: FromClient,
  status: 200,
  response: ScimGroup,
  errors: [...changing, ...patching],
});

export const deleteScimGroup = endpoint({
  id: 'provisioning.deleteScimGroup',
  method: 'DELETE',
  path: `${base}/Groups/{groupId}`,
  summary: 'SCIM: delete a group; what its members had because of it goes',
  access,
  scim: true,
  sensitive: true,
  params: group,
  status: 204,
  errors: ['provisioning.changed-meanwhile', 'access.exceeds-own', 'not-found'],
});

/** What the protocol has clients find out; its shapes are in RFC 7643, 5 to 7. */
const Described = Type.Object({ schemas: Urns }, { additionalProperties: true });

export const getScimConfiguration = endpoint({
  id: 'provisioning.getScimConfiguration',
  method: 'GET',
  path: `${base}/ServiceProviderConfig`,
  summary: 'SCIM: what of the protocol is supported',
  access,
  scim: true,
  params: closed(account),
  status: 200,
  response: Described,
});

export const listScimResourceTypes = endpoint({
  id: 'provisioning.listScimResourceTypes',
  method: 'GET',
  path: `${base}/ResourceTypes`,
  summary: 'SCIM: the kinds of resources',
  access,
  scim: true,
  params: closed(account),
  status: 200,
  response: Described,
});

export const listScimSchemas = endpoint({
  id: 'provisioning.listScimSchemas',
  method: 'GET',
  path: `${base}/Schemas`,
  summary: 'SCIM: the attributes of users and groups',
  access,
  scim: true,
  params: closed(account),
  status: 200,
  response: Described,
});
