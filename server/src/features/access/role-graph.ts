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

/** How many steps of holding there may be from a role down to the last one (B1). */
export const deepest = 8;

/** The graph with this role added or replaced. Refuses unknown roles, circles, and chains that are too long. */
export function withRole(graph: RoleGraph, role: RoleNode): RoleGraph {
  const next = new Map(graph).set(role.id, role);
  for (const id of role.roles) found(next.get(id));
  if (role.roles.some((id) => reached(next, id).has(role.id))) throw new Refusal('access.role-cycle');
  if (holdersOf(next, role.id).some((id) => depth(next, id) > deepest))
    throw new Refusal('access.role-too-deep');
  return next;
}

/** Everything the role allows, through every role that it holds. */
export function closure(graph: RoleGraph, id: string): Set<Authorisation> {
  return new Set([...reached(graph, id)].flatMap((held) => graph.get(held)?.authorisations ?? []));
}

/** The role itself and every role that holds it, however far up: those whose closure depends on it. */
export function holdersOf(graph: RoleGraph, id: string): string[] {
  return [...graph.keys()].filter((candidate) => reached(graph, candidate).has(id));
}

/** The role itself and every role it holds, however far down. Ends on circles too. */
function reached(graph: RoleGraph, id: string): Set<string> {
  const seen = new Set<string>();
  const ahead = [id];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    ahead.push(...(graph.get(next)?.roles ?? []));
  }
  return seen;
}

/** Steps down to the last role held. Only for graphs without circles. */
function depth(graph: RoleGraph, id: string, known = new Map<string, number>()): number {
  const already = known.get(id);
  if (already !== undefined) return already;
  const steps = (graph.get(id)?.roles ?? []).map((held) => 1 + depth(graph, held, known));
  const deep = Math.max(0, ...steps);
  known.set(id, deep);
  return deep;
}
