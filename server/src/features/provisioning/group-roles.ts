import { maxReasonLength } from '@samtal/contract/history';
import { recordAudit } from '../../platform/audit/index.ts';
import { attempt, type Tx } from '../../platform/database/index.ts';
import { unlessRefused, type Member } from '../../platform/http/index.ts';
import {
  granted,
  giveRole,
  readGrantedRoles,
  readRoles,
  refuseUnlessPassable,
  withdrawRole,
  type GrantedRole,
} from '../access/index.ts';
import { readRolesOfGroups, setsSignInRight, type RoleOfGroup } from '../federation/index.ts';
import { readSettings } from '../settings/index.ts';

/**
 * Gives users the roles of their groups in the directory, and takes back those of groups that they are in no more. Which group gets
 * what is what the identity providers of the account say, by its name or its externalId. Roles that somebody gave by hand or that a
 * sign-in gave stay. Refuses with access.exceeds-own what whoever answers for the directory could not give, and what they could not
 * take back (B1). Who gets in when the identity provider lets nobody in keeps what sets it right (C4).
 */
export async function giveRolesOfGroups(tx: Tx, giver: Member, userIds: Iterable<string>): Promise<void> {
  const { 'signin.break-glass-users': named } = await readSettings(tx, giver.accountId);
  const roles = await readRoles(tx, giver.accountId);
  for (const userId of userIds) {
    const wanted = await wantedRoles(tx, giver.accountId, userId);
    const kept = await giveWanted(tx, giver, { userId, wanted, roles });
    for (const grant of await grantsByDirectory(tx, giver.accountId, userId)) {
      if (kept.has(grant.id)) continue;
      const held = granted(grant);
      if (named.includes(userId) && setsSignInRight(held.authorisations)) {
        await recordKept(tx, giver, grant);
        continue;
      }
      await refuseUnlessPassable(tx, giver, { receiverId: userId, grants: [held] });
      await takeBack(tx, giver.accountId, grant.id);
    }
  }
}

async function wantedRoles(tx: Tx, account: string, userId: string): Promise<RoleOfGroup[]> {
  const member = await tx.sql
    .selectFrom('membership')
    .select('email')
    .where('account_id', '=', account)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (member === undefined) return [];
  const groups = await tx.sql
    .selectFrom('directory_group_member as d')
    .innerJoin('directory_group as g', (join) =>
      join.onRef('g.account_id', '=', 'd.account_id').onRef('g.id', '=', 'd.group_id'),
    )
    .select(['g.name', 'g.external_id as externalId'])
    .where('d.account_id', '=', account)
    .where('d.user_id', '=', userId)
    .execute();
  const names = new Set(
    groups.flatMap(({ name, externalId }) => [name, ...(externalId === null ? [] : [externalId])]),
  );
  return await readRolesOfGroups(tx, account, { userId, email: member.email, groups: names });
}

async function giveWanted(
  tx: Tx,
  giver: Member,
  {
    userId,
    wanted,
    roles,
  }: {
    userId: string;
    wanted: readonly RoleOfGroup[];
    roles: Awaited<ReturnType<typeof readRoles>>;
  },
): Promise<ReadonlySet<string>> {
  const { accountId } = giver;
  const byHand = await grantsByHand(tx, accountId, userId);
  const kept = new Set<string>();
  for (const { roleId, scope, purpose } of wanted) {
    const role = roles.get(roleId);
    if (role === undefined) continue;
    await refuseUnlessPassable(tx, giver, {
      receiverId: userId,
      grants: [granted({ roleId, allows: role.allows, scope })],
    });
    // A queue or a site that it was to hold for may be gone.
    const grant = await unlessRefused(
      'not-found',
      attempt(
        tx,
        async (inner) =>
          await giveRole(inner, accountId, {
            giver: 'system',
            userId,
            roleId,
            scope,
            note: { reason: purpose.slice(0, maxReasonLength) },
          }),
      ),
    );
    if (grant === null || byHand.has(grant.id)) continue;
    kept.add(grant.id);
    await tx.sql
      .insertInto('directory_grant')
      .values({ account_id: accountId, grant_id: grant.id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  return kept;
}

async function grantsByDirectory(tx: Tx, account: string, userId: string): Promise<GrantedRole[]> {
  const rows = await tx.sql
    .selectFrom('directory_grant as d')
    .innerJoin('role_grant as g', (join) =>
      join.onRef('g.account_id', '=', 'd.account_id').onRef('g.id', '=', 'd.grant_id'),
    )
    .select('g.id')
    .where('d.account_id', '=', account)
    .where('g.user_id', '=', userId)
    .execute();
  const given = new Set(rows.map(({ id }) => id));
  return (await readGrantedRoles(tx, account, userId)).filter(({ id }) => given.has(id));
}

/** What neither the directory nor a sign-in gave. */
async function grantsByHand(tx: Tx, account: string, userId: string): Promise<ReadonlySet<string>> {
  const rows = await tx.sql
    .selectFrom('role_grant as g')
    .select('g.id')
    .where('g.account_id', '=', account)
    .where('g.user_id', '=', userId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('directory_grant as d')
            .select('d.grant_id')
            .whereRef('d.account_id', '=', 'g.account_id')
            .whereRef('d.grant_id', '=', 'g.id'),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('federated_grant as f')
            .select('f.grant_id')
            .whereRef('f.account_id', '=', 'g.account_id')
            .whereRef('f.grant_id', '=', 'g.id'),
        ),
      ),
    )
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** It stays the directory's, which takes it back with a later change once the name is off the list. */
async function recordKept(
  tx: Tx,
  { accountId, actor }: Member,
  { id, userId, roleId }: GrantedRole,
): Promise<void> {
  await recordAudit(tx, accountId, {
    action: 'provisioning.role-kept',
    actor,
    subject: { kind: 'user', id: userId },
    details: { grant: id, role: roleId },
  });
}

/** What a sign-in gave as well stays until the next one; the last administrator stays one. */
async function takeBack(tx: Tx, account: string, grantId: string): Promise<void> {
  await tx.sql
    .deleteFrom('directory_grant')
    .where('account_id', '=', account)
    .where('grant_id', '=', grantId)
    .execute();
  const bySignIn = await tx.sql
    .selectFrom('federated_grant')
    .select('grant_id')
    .where('account_id', '=', account)
    .where('grant_id', '=', grantId)
    .executeTakeFirst();
  if (bySignIn !== undefined) return;
  await unlessRefused(
    'access.last-administrator',
    attempt(tx, async (inner) => await withdrawRole(inner, account, { giver: 'system', grantId })),
  );
}
