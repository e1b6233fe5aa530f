import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { lockAccess } from './administrators.ts';
import { roleBody } from './configuration.ts';
import { currentGiver } from './current-giver.ts';
import { actorOf, type Giver } from './giver.ts';
import { isGivenToKey, readGrants, readRoles } from './queries.ts';
import { holdersOf } from './role-graph.ts';

/** Deletes a role of the account’s own that nobody has, no key either, and no role holds. */
export async function deleteRole(
  tx: Tx,
  accountId: string,
  { giver: asked, roleId, note = {} }: { giver: Giver; roleId: string; note?: ChangeNote },
): Promise<void> {
  await lockAccess(tx, accountId);
  const giver = await currentGiver(tx, asked, 'access.manage');
  const roles = await readRoles(tx, accountId);
  const role = found(roles.get(roleId));
  if (role.builtIn !== null) throw new Refusal('access.role-built-in');
  const grants = await readGrants(tx, accountId, { roleIds: [roleId] });
  if (grants.length > 0 || (await isGivenToKey(tx, accountId, roleId)) || holdersOf(roles, roleId).length > 1)
    throw new Refusal('access.role-in-use');
  await tx.sql.deleteFrom('role').where('account_id', '=', accountId).where('id', '=', roleId).execute();
  const by = actorOf(giver);
  const before = roleBody(role);
  await recordVersion(tx, accountId, { kind: 'role', objectId: roleId, before, body: null, by, note });
  await recordAudit(tx, accountId, {
    action: 'access.role-deleted',
    actor: by,
    subject: { kind: 'role', id: roleId },
  });
}
