import type { Authorisation, Held, Holder } from '@samtal/contract/access';
import type { ReadTx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import { effective } from './policy.ts';
import { inCatalogueOrder } from './presenter.ts';
import { readGrants, readRoles, type StoredGrant } from './queries.ts';
import type { RoleGraph } from './role-graph.ts';

/** What a user may do, each with the grants that it comes from, in the catalogue’s order. */
export async function explainHeld(tx: ReadTx, accountId: string, userId: string): Promise<Held[]> {
  found(await membersOf(tx, accountId).where('user_id', '=', userId).executeTakeFirst());
  const roles = await readRoles(tx, accountId);
  const held = new Map<Authorisation, Held['through']>();
  for (const grant of await readGrants(tx, accountId, { userId })) {
    const { authorisations: allowed } = effective(roles.get(grant.roleId)?.allows ?? [], grant.scope);
    for (const name of allowed) held.set(name, [...(held.get(name) ?? []), through(roles, grant, name)]);
  }
  return inCatalogueOrder(held.keys()).map((name) => ({
    authorisation: name,
    through: held.get(name) ?? [],
  }));
}

/** Everybody who holds an authorisation, by name, active or not, each with the grants that it comes from. */
export async function explainHolders(tx: ReadTx, accountId: string, name: Authorisation): Promise<Holder[]> {
  const roles = await readRoles(tx, accountId);
  const roleIds = [...roles.values()].filter(({ allows }) => allows.includes(name)).map(({ id }) => id);
  if (roleIds.length === 0) return [];
  const grants = await readGrants(tx, accountId, { roleIds });
  const byUser = Map.groupBy(
    grants.filter(({ scope }) => effective([name], scope).authorisations.has(name)),
    ({ userId }) => userId,
  );
  const members = await membersOf(tx, accountId)
    .where((eb) => eb('user_id', '=', eb.fn.any(eb.val([...byUser.keys()]))))
    .orderBy((eb) => eb.fn<string>('lower', ['name']))
    .execute();
  return members.map((member) => ({
    ...member,
    through: (byUser.get(member.userId) ?? []).map((grant) => through(roles, grant, name)),
  }));
}

function membersOf(tx: ReadTx, accountId: string) {
  return tx.sql
    .selectFrom('membership')
    .select(['user_id as userId', 'name', 'status'])
    .where('account_id', '=', accountId);
}

function through(
  roles: RoleGraph,
  { id, roleId, scope, purpose }: StoredGrant,
  name: Authorisation,
): Held['through'][number] {
  return { grantId: id, roles: shortestWay(roles, roleId, name), scope, purpose };
}

/** The roles from this one down to one that says the authorisation itself: as few as there can be. */
function shortestWay(roles: RoleGraph, from: string, name: Authorisation): string[] {
  const cameFrom = new Map<string, string | null>([[from, null]]);
  // Grows while it is gone through: everything one step down comes before anything two steps down.
  for (const id of cameFrom.keys()) {
    const role = roles.get(id);
    if (role?.authorisations.includes(name) === true) return wayTo(id, cameFrom);
    for (const held of role?.roles ?? []) if (!cameFrom.has(held)) cameFrom.set(held, id);
  }
  return [from];
}

function wayTo(end: string, cameFrom: ReadonlyMap<string, string | null>): string[] {
  const way: string[] = [];
  for (let id: string | null = end; id !== null; id = cameFrom.get(id) ?? null) way.unshift(id);
  return way;
}
