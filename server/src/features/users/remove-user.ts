import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found } from '../../platform/http/index.ts';
import { actorOf, keepingAnAdministrator, withdrawAllRoles, type Giver } from '../access/index.ts';
import { userBody } from './configuration.ts';
import type { BeforeLeaving } from './leaving.ts';
import { readUser } from './queries.ts';
import { refuseUnlessManageable } from './refuse-unless-manageable.ts';

export interface Removal {
  readonly giver: Giver;
  readonly userId: string;
  readonly note: ChangeNote;
  readonly beforeLeaving: BeforeLeaving;
}

/** Removes a user from the account, with every role held in it. What the user wrote stays. */
export async function removeUser(
  tx: Tx,
  accountId: string,
  { giver, userId, note, beforeLeaving }: Removal,
): Promise<void> {
  await keepingAnAdministrator(tx, accountId, async () => {
    const user = found(await readUser(tx, accountId, userId));
    await refuseUnlessManageable(tx, accountId, { giver, userId });
    if (user.status === 'active') await beforeLeaving(tx, accountId, userId);
    const by = actorOf(giver);
    await withdrawAllRoles(tx, accountId, { userId, by, note });
    await tx.sql
      .deleteFrom('membership')
      .where('account_id', '=', accountId)
      .where('user_id', '=', userId)
      .execute();
    const before = userBody(user);
    await recordVersion(tx, accountId, { kind: 'user', objectId: userId, before, body: null, by, note });
    await recordAudit(tx, accountId, {
      action: 'users.removed',
      actor: by,
      subject: { kind: 'user', id: userId },
    });
  });
}
