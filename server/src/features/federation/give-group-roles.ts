import type { Authorisation } from '@samtal/contract/access';
import { maxReasonLength } from '@samtal/contract/history';
import type { GroupRole } from '@samtal/contract/federation';
import { attempt, type Tx } from '../../platform/database/index.ts';
import { unlessRefused } from '../../platform/http/index.ts';
import { giveRole, readRoles, withdrawRole } from '../access/index.ts';
import { readSettings } from '../settings/index.ts';
import type { StoredProvider } from './queries.ts';

interface Comer {
  readonly userId: string;
  readonly groups: readonly string[];
}

/**
 * Gives whoever comes the roles of their groups, and takes back those of groups that they are in no more. Roles that somebody
 * gave by hand stay. Whoever decided which group gets what gets nothing by it (B1), and the last administrator stays one. Who gets
 * in when the provider lets nobody in keeps what sets it right (C4).
 */
export async function giveGroupRoles(tx: Tx, provider: StoredProvider, comer: Comer): Promise<void> {
  const { accountId, id, groupRoles, groupRolesBy } = provider;
  const wanted =
    comer.userId === groupRolesBy
      ? []
      : groupRoles.filter(({ group }) => group === null || comer.groups.includes(group));
  const kept = await giveWanted(tx, provider, comer.userId, wanted);
  const given = await tx.sql
    .selectFrom('federated_grant as f')
    .innerJoin('role_grant as g', (join) =>
      join.onRef('g.account_id', '=', 'f.account_id').onRef('g.id', '=', 'f.grant_id'),
    )
    .select(['g.id', 'g.role_id as roleId'])
    .where('f.account_id', '=', accountId)
    .where('f.provider_id', '=', id)
    .where('g.user_id', '=', comer.userId)
    .execute();
  const { 'signin.break-glass-users': named } = await readSettings(tx, accountId);
  const roles = named.includes(comer.userId) ? await readRoles(tx, accountId) : null;
  for (const grant of given) {
    if (kept.has(grant.id) || setsSignInRight(roles?.get(grant.roleId)?.allows ?? [])) continue;
    await withdraw(tx, accountId, grant.id);
  }
}

/** What somebody named for emergencies needs once there is one. */
export function setsSignInRight(allows: Iterable<Authorisation>): boolean {
  return [...allows].some((each) => each === 'settings.manage' || each === 'federation.manage');
}

async function giveWanted(
  tx: Tx,
  { accountId, id, name }: StoredProvider,
  userId: string,
  wanted: readonly GroupRole[],
): Promise<ReadonlySet<string>> {
  const roles = await readRoles(tx, accountId);
  const before = await grantIds(tx, accountId, userId);
  const kept = new Set<string>();
  for (const { roleId, scope, group, purpose } of wanted) {
    // What for is what the group is there for, in the directory of the customer, unless somebody said it (B3).
    const reason = purpose?.trim() || (group === null ? name : `${name}: ${group}`);
    if (!roles.has(roleId)) continue;
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
            note: { reason: reason.slice(0, maxReasonLength) },
          }),
      ),
    );
    if (grant === null) continue;
    kept.add(grant.id);
    if (before.has(grant.id)) continue;
    await tx.sql
      .insertInto('federated_grant')
      .values({ account_id: accountId, grant_id: grant.id, provider_id: id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  return kept;
}

async function grantIds(tx: Tx, accountId: string, userId: string): Promise<ReadonlySet<string>> {
  const rows = await tx.sql
    .selectFrom('role_grant')
    .select('id')
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** What the directory gave as well stays the directory’s (B6). */
async function withdraw(tx: Tx, accountId: string, grantId: string): Promise<void> {
  const byDirectory = await tx.sql
    .selectFrom('directory_grant')
    .select('grant_id')
    .where('account_id', '=', accountId)
    .where('grant_id', '=', grantId)
    .executeTakeFirst();
  if (byDirectory !== undefined)
    return void (await tx.sql
      .deleteFrom('federated_grant')
      .where('account_id', '=', accountId)
      .where('grant_id', '=', grantId)
      .execute());
  await unlessRefused(
    'access.last-administrator',
    attempt(tx, async (inner) => await withdrawRole(inner, accountId, { giver: 'system', grantId })),
  );
}
