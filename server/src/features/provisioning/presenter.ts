import { createHash } from 'node:crypto';
import { scimUrns, type ScimGroup, type ScimUser } from '@samtal/contract/provisioning';
import type { DirectoryGroup, DirectoryUser, Found } from './queries.ts';

/** What is shown of a resource, and where resources lie. */
export interface Showing {
  /** `https://…/api/v1/accounts/…/scim/v2`. */
  readonly base: string;
  readonly attributes?: string | undefined;
  readonly excludedAttributes?: string | undefined;
}

export function presentUser(user: DirectoryUser, showing: Showing): ScimUser {
  const { id, externalId, userName, name, active, email, groups } = user;
  return shown(
    {
      schemas: [scimUrns.user],
      id,
      ...(externalId === null ? {} : { externalId }),
      userName,
      displayName: name,
      name: { formatted: name },
      active,
      emails: [{ value: email, type: 'work', primary: true }],
      groups: groups.map((group) => ({ value: group.id, display: group.name })),
      meta: {
        resourceType: 'User',
        created: user.createdAt.toISOString(),
        lastModified: new Date(user.changedAt).toISOString(),
        location: `${showing.base}/Users/${id}`,
        version: versionOfUser(user),
      },
    },
    showing,
  );
}

export function presentGroup(group: DirectoryGroup, showing: Showing): ScimGroup {
  const { id, externalId, name, members } = group;
  return shown(
    {
      schemas: [scimUrns.group],
      id,
      ...(externalId === null ? {} : { externalId }),
      displayName: name,
      members: members.map((member) => ({ value: member.id, display: member.name })),
      meta: {
        resourceType: 'Group',
        created: group.createdAt.toISOString(),
        lastModified: group.changedAt.toISOString(),
        location: `${showing.base}/Groups/${id}`,
        version: versionOfGroup(group),
      },
    },
    showing,
  );
}

export function presentList<Resource, Shown>(
  { resources, total, startIndex }: Found<Resource>,
  present: (resource: Resource) => Shown,
): { schemas: string[]; totalResults: number; startIndex: number; itemsPerPage: number; Resources: Shown[] } {
  return {
    schemas: [scimUrns.list],
    totalResults: total,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources.map(present),
  };
}

/** A weak entity tag of everything that a client sees of it. */
export function versionOfUser({
  id,
  userName,
  externalId,
  name,
  email,
  active,
  groups,
}: DirectoryUser): string {
  return tagOf([
    id,
    userName,
    externalId,
    name,
    email,
    active,
    groups.map((group) => [group.id, group.name]),
  ]);
}

export function versionOfGroup({ id, name, externalId, members }: DirectoryGroup): string {
  return tagOf([id, name, externalId, members.map((member) => member.id)]);
}

function tagOf(content: unknown): string {
  return `W/"${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22)}"`;
}

/** `schemas` and `id` are always there (RFC 7643, 7: returned always). */
function shown<Resource extends object>(
  resource: Resource & { readonly schemas: string[]; readonly id: string },
  { attributes, excludedAttributes }: Showing,
): Resource & { schemas: string[]; id: string } {
  const named = (list: string) =>
    new Set(list.split(',').map((each) => (/^[^.]*/.exec(lastPart(each.trim()))?.[0] ?? '').toLowerCase()));
  const [only, without] = [named(attributes ?? ''), named(excludedAttributes ?? '')];
  const isShown = (name: string) =>
    name === 'schemas' ||
    name === 'id' ||
    ((only.has('') || only.has(name.toLowerCase())) && !without.has(name.toLowerCase()));
  return Object.fromEntries(Object.entries(resource).filter(([name]) => isShown(name))) as Resource & {
    schemas: string[];
    id: string;
  };
}

/** Without the schema that a name may be written with. */
function lastPart(name: string): string {
  return name.replace(/^urn:[\w:.]*:/i, '');
}
