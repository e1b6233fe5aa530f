import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion } from '../../platform/history/index.ts';
import { found } from '../../platform/http/index.ts';
import { actorOf, keepingAnAdministrator, withdrawAllRoles, type Giver } from '../access/index.ts';
import { userBody } from './configuration.ts';
import type { BeforeLeaving } from './leaving.ts';
import { readUser } from './queries.ts';
import { refuseUnlessManageable } from './refuse-unless-manageable.ts';

/** Removes a user from the account, with every role held in it. What the user wrote stays. */
export async function removeUser(
  tx: Tx,
  accountId: string,
  { giver, userId, beforeLeaving }: { giver: Giver; userId: string; beforeLeaving: BeforeLeaving },
): Promise<void> {
  await keepingAnAdministrator(tx, accountId, async () => {
    const user = found(await readUser(tx, accountId, userId));
    await refuseUnlessManageable(tx, accountId, { giver, userId });
    if (user.status === 'active') await beforeLeaving(tx, accountId, userId);
    const by = actorOf(giver);
    await withdrawAllRoles(tx, accountId, { userId, by });
    await tx.sql
      .deleteFrom('membership')
      .where('account_id', '=', accountId)
      .where('user_id', '=', userId)
      .execute();
    const before = userBody(user);
    await recordVersion(tx, accountId, { kind: 'user', objectId: userId, before, body: null, by });
    await recordAudit(tx, accountId, {
      action: 'users.removed',
      actor: by,
      subject: { kind: 'user', id: userId },
    });
  });
}
