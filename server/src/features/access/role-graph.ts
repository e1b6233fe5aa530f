import type { Authorisation } from '@samtal/contract/access';
import { found, Refusal } from '../../platform/http/index.ts';

/** A role with what it says itself: its own authorisations, and the ids of the roles that it holds. */
export interface RoleNode {
  readonly id: string;
  readonly authorisations: readonly Authorisation[];
  readonly roles: readonly string[];
}

/** Every role of an account, by id. */
export type RoleGraph = ReadonlyMap<string, RoleNode>;

/** The graph with this role added or replaced, to any depth (B1). Refuses unknown roles and circles. */
export function withRole(graph: RoleGraph, role: RoleNode): RoleGraph {
  const next = new Map(graph).set(role.id, role);
  for (const id of role.roles) found(next.get(id));
  // What was there has no circle, so that a new one leads through this role.
  const below = reach(role.roles, (id) => next.get(id)?.roles ?? []);
  if (below.has(role.id)) throw new Refusal('access.role-cycle');
  return next;
}

/** The role itself and every role that holds it, however far up: those whose closure depends on it. */
export function holdersOf(graph: RoleGraph, id: string): string[] {
  const holders = new Map<string, string[]>();
  for (const { id: holder, roles } of graph.values()) {
    for (const held of roles) {
      const known = holders.get(held);
      if (known === undefined) holders.set(held, [holder]);
      else known.push(holder);
    }
  }
  return [...reach([id], (each) => holders.get(each) ?? [])];
}

/**
 * Everything that each of these roles allows, through every role that it holds. Each role is gone through once, however
 * many hold it, and none by recursion, so that no depth exhausts the stack. Only for graphs without circles.
 */
export function closures(graph: RoleGraph, ids: Iterable<string>): Map<string, ReadonlySet<Authorisation>> {
  const known = new Map<string, Set<Authorisation>>();
  const wanted = [...ids];
  const ahead = [...wanted];
  for (let id = ahead.at(-1); id !== undefined; id = ahead.at(-1)) {
    const role = graph.get(id);
    const missing = known.has(id) ? [] : (role?.roles.filter((held) => !known.has(held)) ?? []);
    if (missing.length > 0) {
      ahead.push(...missing);
      continue;
    }
    ahead.pop();
    if (known.has(id)) continue;
    const allows = new Set(role?.authorisations);
    for (const held of role?.roles ?? []) for (const name of known.get(held) ?? []) allows.add(name);
    known.set(id, allows);
  }
  return new Map(wanted.map((id) => [id, known.get(id) ?? new Set()]));
}

/** What is reached from these, themselves included. Ends on circles too. */
function reach(from: readonly string[], onwards: (id: string) => readonly string[]): Set<string> {
  const seen = new Set<string>();
  const ahead = [...from];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    ahead.push(...onwards(next));
  }
  return seen;
}
