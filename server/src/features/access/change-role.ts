import type { Authorisation } from '@samtal/contract/access';
import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal, type HeldGrant } from '../../platform/http/index.ts';
import { keepingAnAdministrator } from './administrators.ts';
import { roleBody } from './configuration.ts';
import { giveOpenedGrantsPurpose } from './opened-grants.ts';
import type { RoleFields } from './create-role.ts';
import { currentGiver } from './current-giver.ts';
import { actorOf, refuseUnlessDefinable, refuseUnlessPassable, type Giver } from './giver.ts';
import { effective, granted } from './policy.ts';
import { clearRole, readGrants, readRoles, replaceClosures, writeRole, type StoredRole } from './queries.ts';
import { closures, holdersOf, withRole } from './role-graph.ts';

/** Changes a role of the account’s own, and with it whatever the roles that hold it allow. Refuses like recordVersion. */
export async function changeRole(
  tx: Tx,
  accountId: string,
  {
    giver: asked,
    roleId,
    changes,
    note = {},
  }: { giver: Giver; roleId: string; changes: Partial<RoleFields>; note?: ChangeNote },
): Promise<void> {
  await keepingAnAdministrator(tx, accountId, async () => {
    const giver = await currentGiver(tx, asked, 'access.manage');
    const roles = await readRoles(tx, accountId);
    const role = found(roles.get(roleId));
    if (role.builtIn !== null) throw new Refusal('access.role-built-in');
    const changed = { ...role, ...changes };
    const graph = withRole(roles, changed);
    const allows = closures(graph, holdersOf(graph, roleId));
    refuseUnlessDefinable(giver, allows.get(roleId) ?? []);
    const moved = [...role.roles, ...changed.roles].filter(
      (id) => !role.roles.includes(id) || !changed.roles.includes(id),
    );
    await refuseUnlessGrantsMayChange(tx, accountId, { giver, roles, allows, moved });
    if (changed.name !== role.name) await renameRole(tx, accountId, changed);
    await clearRole(tx, accountId, roleId);
    await writeRole(tx, accountId, changed);
    await replaceClosures(tx, accountId, allows);
    await giveOpenedGrantsPurpose(tx, accountId, { allows, by: actorOf(giver), note });
    await recordVersion(tx, accountId, {
      kind: 'role',
      objectId: roleId,
      before: roleBody(role),
      body: roleBody(changed),
      by: actorOf(giver),
      note,
    });
    await recordAudit(tx, accountId, {
      action: 'access.role-changed',
      actor: actorOf(giver),
      subject: { kind: 'role', id: roleId },
      details: {
        changed: Object.keys(changes),
        authorisations: changed.authorisations,
        roles: changed.roles,
      },
    });
  });
}

/** A change of a role is a change of every grant of it: what is added and what is taken must be the giver’s to give. */
async function refuseUnlessGrantsMayChange(
  tx: Tx,
  accountId: string,
  {
    giver,
    roles,
    allows,
    moved,
  }: {
    giver: Giver;
    roles: ReadonlyMap<string, StoredRole>;
    allows: ReadonlyMap<string, ReadonlySet<Authorisation>>;
    /** Roles that it comes to hold, or holds no more. */
    moved: readonly string[];
  },
): Promise<void> {
  if (typeof giver === 'string') return;
  const differences = new Map<string, HeldGrant[]>();
  for (const grant of await readGrants(tx, accountId, { roleIds: [...allows.keys()] })) {
    const before = new Set(roles.get(grant.roleId)?.allows);
    const after = allows.get(grant.roleId) ?? new Set();
    const difference = [
      ...[...before].filter((name) => !after.has(name)),
      ...[...after].filter((name) => !before.has(name)),
    ];
    differences.set(grant.userId, [
      ...(differences.get(grant.userId) ?? []),
      effective(difference, grant.scope),
      ...moved.map((roleId) => granted({ roleId, allows: [], scope: grant.scope })),
    ]);
  }
  for (const [receiverId, grants] of differences)
    await refuseUnlessPassable(tx, giver, { receiverId, grants });
}

async function renameRole(tx: Tx, accountId: string, { id, name }: StoredRole): Promise<void> {
  try {
    await tx.sql
      .updateTable('role')
      .set({ name })
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'role_name')) throw new Refusal('names.taken');
    throw error;
  }
}
