import { Refusal } from '../../platform/http/index.ts';
import type { Comparison } from './filter.ts';
import { operationsOf, type Operation } from './operations.ts';
import { attributesOf, isAddress, listOf, optionalTextOf, switchOf, textOf, unfit } from './values.ts';

/** What a directory says of a user, as far as it is kept. */
export interface UserWish {
  readonly userName: string;
  readonly externalId: string | null;
  readonly name: string;
  readonly email: string;
  readonly active: boolean;
}

const longest = { userName: 254, externalId: 255, name: 120 };

/** A user as a directory sends one whole. Refuses with provisioning.value. */
export function userOf(body: unknown, standing: { readonly active: boolean }): UserWish {
  const given = attributesOf(body);
  const userName = textOf(given.get('username'), longest.userName);
  const email = addressOf(given.get('emails')) ?? userName;
  const active = given.get('active');
  return judged({
    userName,
    externalId: optionalTextOf(given.get('externalid'), longest.externalId),
    name: nameOf(given) ?? userName.slice(0, longest.name),
    email,
    active: active === undefined || active === null ? standing.active : switchOf(active),
  });
}

/** The user after the steps of a PATCH. What is not kept is left alone (RFC 7644, 3.3). */
export function patchedUser(before: UserWish, body: unknown): UserWish {
  let user = before;
  const parts = new Map<string, unknown>();
  for (const step of operationsOf(body)) user = afterStep(user, step, parts);
  // Directories that keep no name to be shown change its two parts.
  if (!parts.has('shown')) {
    const called = nameOf(new Map([['name', Object.fromEntries(parts)]]));
    if (called !== null && parts.has('givenname') && parts.has('familyname'))
      user = { ...user, name: called };
  }
  return judged(user);
}

function afterStep(user: UserWish, step: Operation, parts: Map<string, unknown>): UserWish {
  const { op, attribute, value } = step;
  const isGone = op === 'remove';
  switch (attribute) {
    case 'username':
      if (isGone) throw unfit('a userName');
      return renamed(user, textOf(value, longest.userName));
    case 'externalid':
      return { ...user, externalId: isGone ? null : optionalTextOf(value, longest.externalId) };
    case 'active':
      if (isGone) throw unfit('active');
      return { ...user, active: switchOf(value) };
    case 'displayname':
    case 'name.formatted':
      parts.set('shown', true);
      return { ...user, name: isGone ? user.userName.slice(0, longest.name) : textOf(value, longest.name) };
    case 'name':
      if (isGone) return user;
      for (const [part, each] of attributesOf(value)) parts.set(part, each);
      if (parts.get('formatted') === undefined) return user;
      parts.set('shown', true);
      return { ...user, name: textOf(parts.get('formatted'), longest.name) };
    case 'name.givenname':
    case 'name.familyname':
      if (!isGone) parts.set(attribute.slice('name.'.length), value);
      return user;
    case 'emails':
    case 'emails.value':
      return { ...user, email: addressAfter(user, step) };
    default:
      return user;
  }
}

/** Whose name is their address has the new one as well. */
function renamed(user: UserWish, userName: string): UserWish {
  const isTheAddress = user.userName.toLowerCase() === user.email.toLowerCase() && isAddress(userName);
  return { ...user, userName, email: isTheAddress ? userName : user.email };
}

/** One address is kept, which is the one for work and the first. */
function addressAfter({ userName, email }: UserWish, { op, attribute, where, value }: Operation): string {
  if (where !== null && !where.every((each) => isOurs(each, email))) {
    // Another address beside it: there is no room for it, and none that could be replaced.
    if (op === 'add') return email;
    throw new Refusal('provisioning.no-target');
  }
  if (op === 'remove') {
    if (!isAddress(userName)) throw unfit('an address');
    return userName;
  }
  if (attribute === 'emails.value') return textOf(value, longest.userName);
  return addressOf(where === null ? value : listOf(value).slice(0, 1)) ?? email;
}

function isOurs({ attribute, value }: Comparison, email: string): boolean {
  if (attribute === 'type') return String(value).toLowerCase() === 'work';
  if (attribute === 'primary') return value === true;
  return attribute === 'value' && String(value).toLowerCase() === email.toLowerCase();
}

/** The primary one, else the one for work, else the first. */
function addressOf(emails: unknown): string | null {
  const all = listOf(emails).map((each) =>
    typeof each === 'string' ? new Map<string, unknown>([['value', each]]) : attributesOf(each),
  );
  const chosen =
    all.find((each) => each.has('primary') && switchOf(each.get('primary'))) ??
    all.find((each) => String(each.get('type')).toLowerCase() === 'work') ??
    all[0];
  return chosen === undefined ? null : optionalTextOf(chosen.get('value'), longest.userName);
}

function nameOf(given: ReadonlyMap<string, unknown>): string | null {
  const shown = optionalTextOf(given.get('displayname'), longest.name);
  if (shown !== null) return shown;
  const name = given.get('name');
  if (name === undefined || name === null) return null;
  const parts = attributesOf(name);
  const formatted = optionalTextOf(parts.get('formatted'), longest.name);
  if (formatted !== null) return formatted;
  const both = ['givenname', 'familyname'].flatMap(
    (part) => optionalTextOf(parts.get(part), longest.name) ?? [],
  );
  return both.length === 0 ? null : both.join(' ').slice(0, longest.name);
}

function judged(user: UserWish): UserWish {
  if (!isAddress(user.email)) throw unfit('an address');
  return user;
}

/** What a directory says of a group. */
export interface GroupWish {
  readonly name: string;
  readonly externalId: string | null;
  readonly members: ReadonlySet<string>;
}

/** A group as a directory sends one whole. */
export function groupOf(body: unknown): GroupWish {
  const given = attributesOf(body);
  return {
    name: textOf(given.get('displayname'), longest.externalId),
    externalId: optionalTextOf(given.get('externalid'), longest.externalId),
    members: new Set(memberIds(given.get('members'))),
  };
}

/** The group after the steps of a PATCH. */
export function patchedGroup(before: GroupWish, body: unknown): GroupWish {
  return operationsOf(body).reduce(groupAfterStep, before);
}

function groupAfterStep(group: GroupWish, { op, attribute, where, value }: Operation): GroupWish {
  switch (attribute) {
    case 'displayname':
      if (op === 'remove') throw unfit('a displayName');
      return { ...group, name: textOf(value, longest.externalId) };
    case 'externalid':
      return { ...group, externalId: op === 'remove' ? null : optionalTextOf(value, longest.externalId) };
    case 'members':
      return { ...group, members: membersAfter(group.members, { op, where, value }) };
    default:
      return group;
  }
}

function membersAfter(
  members: ReadonlySet<string>,
  { op, where, value }: Pick<Operation, 'op' | 'where' | 'value'>,
): ReadonlySet<string> {
  if (op === 'remove') {
    const named = where === null ? memberIds(value) : where.map(memberNamed);
    // A path alone means all of them; Entra ID names them in a value.
    const gone = where === null && value === undefined ? members : new Set(named);
    return without(members, gone);
  }
  if (where !== null) throw new Refusal('provisioning.path');
  const named = new Set(memberIds(value));
  return op === 'replace' ? named : new Set([...members, ...named]);
}

function memberNamed({ attribute, value }: Comparison): string {
  if (attribute !== 'value' || typeof value !== 'string') throw new Refusal('provisioning.path');
  return value.toLowerCase();
}

function memberIds(value: unknown): string[] {
  return listOf(value).map((each) => textOf(attributesOf(each).get('value'), 100).toLowerCase());
}

/** The members of one set that are not in the other. */
export function without(members: ReadonlySet<string>, others: ReadonlySet<string>): Set<string> {
  return new Set([...members].filter((each) => !others.has(each)));
}
