import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { refuseUnlessPassable } from '../access/index.ts';
import { lockUser } from '../users/index.ts';
import { settleDirectoryUser } from './directory-users.ts';
import { lockProvider } from './providers.ts';
import { readHeld } from './read-held.ts';

interface Link {
  readonly providerId: string;
  readonly userId: string;
}

/**
 * Lets a user who is there already come by a provider: whoever has this name there, or the first one with their address where no name
 * is said. Refuses with names.taken when somebody has the name already, or the user another one.
 */
export async function linkUser(
  tx: Tx,
  caller: Member,
  { subject, ...link }: Link & { subject: string | null },
): Promise<void> {
  await refuseUnlessDecidable(tx, caller, link);
  await settleDirectoryUser(tx, { accountId: caller.accountId, userId: link.userId });
  const linkedBy = caller.personId;
  const made = await refuseTakenSubject(
    async () =>
      await tx.sql
        .insertInto('federated_user')
        .values({
          account_id: caller.accountId,
          provider_id: link.providerId,
          user_id: link.userId,
          subject,
          linked_by: linkedBy,
        })
        // Whoever decides last while nobody has come answers for it.
        .onConflict((conflict) =>
          conflict
            .columns(['account_id', 'provider_id', 'user_id'])
            .doUpdateSet({ subject, linked_by: linkedBy })
            .where('federated_user.subject', 'is', null),
        )
        .returning('user_id')
        .executeTakeFirst(),
  );
  if (made === undefined && subject !== null)
    await refuseOtherSubject(tx, caller.accountId, { ...link, subject });
  await record(tx, caller, link, 'federation.user-linked');
}

async function refuseOtherSubject(
  tx: Tx,
  accountId: string,
  { providerId, userId, subject }: Link & { subject: string },
): Promise<void> {
  const same = await tx.sql
    .selectFrom('federated_user')
    .select('user_id')
    .where('account_id', '=', accountId)
    .where('provider_id', '=', providerId)
    .where('user_id', '=', userId)
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (same === undefined) throw new Refusal('names.taken');
}

async function refuseTakenSubject<Done>(write: () => Promise<Done>): Promise<Done> {
  try {
    return await write();
  } catch (error) {
    if (isUniqueViolation(error, 'federated_user_provider_id_subject_key')) throw new Refusal('names.taken');
    throw error;
  }
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
  const grants = await readHeld(tx, caller.accountId, userId);
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
