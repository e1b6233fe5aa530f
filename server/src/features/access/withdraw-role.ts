import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found } from '../../platform/http/index.ts';
import { keepingAnAdministrator } from './administrators.ts';
import { grantBody } from './configuration.ts';
import { currentGiver } from './current-giver.ts';
import { actorOf, refuseUnlessPassable, type Giver } from './giver.ts';
import { granted } from './policy.ts';
import { readGrants, readRoles } from './queries.ts';

/** Takes a role back. Anybody may lay down a role of his own. */
export async function withdrawRole(
  tx: Tx,
  accountId: string,
  { giver: asked, grantId, note = {} }: { giver: Giver; grantId: string; note?: ChangeNote },
): Promise<void> {
  await keepingAnAdministrator(tx, accountId, async () => {
    const giver = await currentGiver(tx, asked, 'access.manage');
    const grant = found((await readGrants(tx, accountId)).find(({ id }) => id === grantId));
    const role = found((await readRoles(tx, accountId)).get(grant.roleId));
    await refuseUnlessPassable(tx, giver, {
      receiverId: grant.userId,
      grants: [granted({ ...grant, allows: role.allows })],
    });
    await tx.sql
      .deleteFrom('role_grant')
      .where('account_id', '=', accountId)
      .where('id', '=', grantId)
      .execute();
    const by = actorOf(giver);
    const before = grantBody(grant);
    await recordVersion(tx, accountId, { kind: 'grant', objectId: grantId, before, body: null, by, note });
    await recordAudit(tx, accountId, {
      action: 'access.withdrawn',
      actor: by,
      subject: { kind: 'user', id: grant.userId },
      details: { grant: grantId, role: grant.roleId },
    });
  });
}
