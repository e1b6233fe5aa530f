import type { Scope } from '@samtal/contract/access';
import type { ReadTx } from '../../platform/database/index.ts';
import { readProviders } from './queries.ts';

/** A role for the members of a group, as an identity provider of the account says. */
export interface RoleOfGroup {
  readonly group: string;
  readonly roleId: string;
  readonly scope: Scope;
  /** What for: what was said, or the names of the provider and the group (B3). */
  readonly purpose: string;
}

/**
 * What the account’s active identity providers give members of these groups, where they may vouch for the address; nothing to whoever
 * decided it (B1).
 */
export async function readRolesOfGroups(
  tx: ReadTx,
  account: string,
  { userId, email, groups }: { userId: string; email: string; groups: ReadonlySet<string> },
): Promise<RoleOfGroup[]> {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  const providers = await readProviders(tx, account);
  return providers
    .filter(
      ({ active, verifiedDomains, groupRolesBy }) =>
        active && verifiedDomains.includes(domain) && groupRolesBy !== userId,
    )
    .flatMap(({ name, groupRoles }) =>
      groupRoles.flatMap(({ group, roleId, scope, purpose }) =>
        group !== null && groups.has(group)
          ? [{ group, roleId, scope, purpose: purpose?.trim() || `${name}: ${group}` }]
          : [],
      ),
    );
}
