import { authorisationNames, type Authorisation, type Grant, type Role } from '@samtal/contract/access';
import type { StoredGrant, StoredRole } from './queries.ts';

export function presentRole(role: StoredRole): Role {
  return {
    id: role.id,
    builtIn: role.builtIn,
    name: role.name,
    authorisations: inCatalogueOrder(role.authorisations),
    roles: role.roles.toSorted(),
    allows: inCatalogueOrder(role.allows),
    version: role.version,
  };
}

export function presentGrant({ id, userId, roleId, scope, purpose }: StoredGrant): Grant {
  return { id, userId, roleId, scope, purpose };
}

/** The catalogue’s order. What an older version knew and this one does not is left out. */
export function inCatalogueOrder(given: Iterable<Authorisation>): Authorisation[] {
  const names = new Set(given);
  return authorisationNames.filter((name) => names.has(name));
}
