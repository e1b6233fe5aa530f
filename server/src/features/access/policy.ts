import {
  authorisations,
  openingAuthorisations,
  type Authorisation,
  type Scope,
} from '@samtal/contract/access';
import type { HeldGrant, Member } from '../../platform/http/index.ts';
import type { Places } from './places.ts';

const dimensions = ['unit', 'queue', 'site'] as const satisfies (keyof Scope)[];

/** What a scope is held against: a conversation, or a queue. Null where it has no value in a dimension. */
export interface ScopeSubject {
  /** Every unit that it lies in, however far up. */
  readonly units: readonly string[];
  readonly queue: string | null;
  readonly site: string | null;
}

type Holder = Pick<Member, 'grants'>;
type Person = Pick<Member, 'personId' | 'grants'>;

/** Whether somebody holds the authorisation, wherever. */
export function mayAnywhere(member: Holder, authorisation: Authorisation): boolean {
  return member.grants.some((grant) => grant.authorisations.has(authorisation));
}

/** Whether somebody holds the authorisation for the whole account. */
export function mayEverywhere(member: Holder, authorisation: Authorisation): boolean {
  return scopesOf(member, authorisation).some(isWholeAccount);
}

/** Where somebody holds the authorisation: nowhere if the list is empty, everywhere if a scope in it is `{}`. */
export function scopesOf(member: Holder, authorisation: Authorisation): Scope[] {
  return member.grants.filter((grant) => grant.authorisations.has(authorisation)).map((grant) => grant.scope);
}

/** Whether the subject lies in the scope: each dimension that the scope names must match (B2). */
export function covers({ unit, queue, site }: Scope, subject: ScopeSubject): boolean {
  return (
    (unit?.some((allowed) => subject.units.includes(allowed)) ?? true) &&
    (queue?.some((allowed) => allowed === subject.queue) ?? true) &&
    (site?.some((allowed) => allowed === subject.site) ?? true)
  );
}

function isWholeAccount(scope: Scope): boolean {
  return dimensions.every((dimension) => scope[dimension] === undefined);
}

/** The same scope in the one form that is stored: values sorted, none twice. */
export function normalisedScope(scope: Scope): Scope {
  const entries = dimensions.flatMap((dimension) => {
    const values = scope[dimension];
    return values === undefined ? [] : [[dimension, [...new Set(values)].toSorted()] as const];
  });
  return Object.fromEntries(entries);
}

/** What a role comes to when it is given within a scope: what acts on the account as a whole falls away. */
export function effective(allows: Iterable<Authorisation>, scope: Scope): HeldGrant {
  const whole = isWholeAccount(scope);
  return {
    authorisations: new Set([...allows].filter((name) => whole || authorisations[name].scoped)),
    scope,
  };
}

/** The same of a role that somebody is to have, or has: what is given to the role by name goes with it. */
export function granted({
  roleId,
  allows,
  scope,
}: {
  roleId: string;
  allows: Iterable<Authorisation>;
  scope: Scope;
}): HeldGrant {
  return { ...effective(allows, scope), roleId };
}

/** Whether a role that allows this, given within the scope, opens the content of conversations of others (B3). */
export function opensConversations(allows: Iterable<Authorisation>, scope: Scope): boolean {
  const { authorisations: held } = effective(allows, scope);
  return openingAuthorisations.some((name) => held.has(name));
}

/** Whether everything within `inner` is within `outer` too, as the tree of units stands. */
export function includesScope(outer: Scope, inner: Scope, places: Places): boolean {
  const within = (ids: readonly string[] | undefined, allowed: readonly string[]) =>
    ids?.every((id) => places.get(id)?.some((unit) => allowed.includes(unit)) ?? false) ?? false;
  const { unit, queue, site } = outer;
  return (
    (unit === undefined || within(inner.unit, unit) || within(inner.queue, unit)) &&
    (queue === undefined || (inner.queue?.every((id) => queue.includes(id)) ?? false)) &&
    (site === undefined || (inner.site?.every((id) => site.includes(id)) ?? false))
  );
}

/** Whether somebody holds all of this, where it holds. */
export function holds(member: Holder, { authorisations: wanted, scope }: HeldGrant, places: Places): boolean {
  return [...wanted].every((name) => scopesOf(member, name).some((own) => includesScope(own, scope, places)));
}

/**
 * Whether somebody may give this to the receiver, take it from them, or decide over whoever holds it, wherever the tree of
 * units has what. Nobody passes on more than he holds; who is entrusted with it may appoint others, but not himself, nor
 * have a key of his do so.
 */
export function mayPassOn(
  giver: Person,
  { receiverId, grant, places }: { receiverId: string; grant: HeldGrant; places: Places },
): boolean {
  if (isEntrusted(giver, receiverId)) return true;
  return holds(giver, grant, places);
}

/** Whether somebody may give the receiver more than he holds himself. */
export function isEntrusted(giver: Person, receiverId: string): boolean {
  return giver.personId !== receiverId && mayAnywhere(giver, 'access.entrust');
}

/** The scope of what lies in both, as the tree of units stands; null when nothing can. */
function meet(one: Scope, other: Scope, places: Places): Scope | null {
  const met: Record<string, string[]> = {};
  for (const dimension of dimensions) {
    const [these, those] = [one[dimension], other[dimension]];
    if (these === undefined && those === undefined) continue;
    const lies = (id: string, ids: readonly string[]) =>
      ids.includes(id) ||
      (dimension === 'unit' && (places.get(id)?.some((unit) => ids.includes(unit)) ?? false));
    const both = [
      ...(these?.filter((id) => those === undefined || lies(id, those)) ?? []),
      ...(those?.filter((id) => these === undefined || lies(id, these)) ?? []),
    ];
    if (both.length === 0) return null;
    met[dimension] = [...new Set(both)];
  }
  return met;
}

/** As much of the grants as lies within others: a key is never more than its owner (C8). */
export function withinGrants(
  grants: readonly HeldGrant[],
  limits: readonly HeldGrant[],
  places: Places,
): HeldGrant[] {
  return grants.flatMap((grant) =>
    limits.flatMap((limit) => {
      const scope = meet(grant.scope, limit.scope, places);
      if (scope === null) return [];
      const both = [...grant.authorisations].filter((name) => limit.authorisations.has(name));
      return both.length === 0 ? [] : [effective(both, scope)];
    }),
  );
}

/** The grants with these authorisations alone. */
export function narrowedTo(grants: readonly HeldGrant[], wanted: readonly Authorisation[]): HeldGrant[] {
  return grants.map(({ authorisations: held, scope }) => ({
    authorisations: new Set([...held].filter((name) => wanted.includes(name))),
    scope,
  }));
}
