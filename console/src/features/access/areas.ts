import { authorisationNames, type Authorisation, type Role } from '@samtal/contract/access';

/** The authorisations by what they are about, in the catalogue’s order. */
export function authorisationsByArea(): Map<string, Authorisation[]> {
  return Map.groupBy(authorisationNames, (name) => name.slice(0, name.indexOf('.')));
}

/** What comes with the held roles, and with which of them: each says all it allows. */
export function inherited(
  heldRoleIds: readonly string[],
  roles: readonly Role[],
): Map<Authorisation, readonly Role[]> {
  const held = roles.filter((role) => heldRoleIds.includes(role.id));
  return new Map(
    held.flatMap(({ allows }) =>
      allows.map((name) => [name, held.filter((role) => role.allows.includes(name))] as const),
    ),
  );
}

/** The roles that a role can hold without holding itself, however far down (B1). */
export function holdableBy(roleId: string | null, roles: readonly Role[]): Role[] {
  if (roleId === null) return [...roles];
  const byId = new Map(roles.map((role) => [role.id, role]));
  const reaches = (from: Role, seen: Set<string>): boolean => {
    if (from.id === roleId) return true;
    if (seen.has(from.id)) return false;
    seen.add(from.id);
    return from.roles.some((id) => {
      const next = byId.get(id);
      return next !== undefined && reaches(next, seen);
    });
  };
  return roles.filter((role) => !reaches(role, new Set()));
}
