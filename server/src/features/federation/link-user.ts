import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { found, type Member } from '../../platform/http/index.ts';
import { effective, readGrantedRoles, refuseUnlessPassable } from '../access/index.ts';
import { lockUser } from '../users/index.ts';
import { settleDirectoryUser } from './directory-users.ts';
import { lockProvider } from './providers.ts';

interface Link {
  readonly providerId: string;
  readonly userId: string;
}

/** Lets a user who is there already come by a provider: the first one with their address there is them. */
export async function linkUser(tx: Tx, caller: Member, link: Link): Promise<void> {
  await refuseUnlessDecidable(tx, caller, link);
  await settleDirectoryUser(tx, { accountId: caller.accountId, userId: link.userId });
  await tx.sql
    .insertInto('federated_user')
    .values({
      account_id: caller.accountId,
      provider_id: link.providerId,
      user_id: link.userId,
      subject: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await record(tx, caller, link, 'federation.user-linked');
}

export async function unlinkUser(tx: Tx, caller: Member, link: Link): Promise<void> {
  await refuseUnlessDecidable(tx, caller, link);
  found(
    await tx.sql
      .deleteFrom('federated_user')
      .where('account_id', '=', caller.accountId)
      .where('provider_id', '=', link.providerId)
      .where('user_id', '=', link.userId)
      .returning('user_id')
      .executeTakeFirst(),
  );
  await record(tx, caller, link, 'federation.user-unlinked');
}

/** Whoever decides how somebody signs in could come in their place: so nobody decides it for one who holds more. */
async function refuseUnlessDecidable(tx: Tx, caller: Member, { providerId, userId }: Link): Promise<void> {
  await lockProvider(tx, caller.accountId, providerId);
  found(await lockUser(tx, caller.accountId, userId));
  const granted = await readGrantedRoles(tx, caller.accountId, userId);
  const grants = granted.map(({ allows, scope }) => effective(allows, scope));
  await refuseUnlessPassable(tx, caller, { receiverId: userId, grants });
}

async function record(
  tx: Tx,
  { accountId, actor }: Member,
  { providerId, userId }: Link,
  action: string,
): Promise<void> {
  await recordAudit(tx, accountId, {
    action,
    actor,
    subject: { kind: 'user', id: userId },
    details: { provider: providerId },
  });
}
