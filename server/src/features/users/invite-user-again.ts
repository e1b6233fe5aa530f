import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { actorOf, type Giver } from '../access/index.ts';
import { issueInvitation, type IssuedInvitation } from './issue-invitation.ts';
import { readUser } from './queries.ts';
import { refuseUnlessManageable } from './refuse-unless-manageable.ts';

/** Replaces the invitation of somebody who has not accepted yet. Its link is worth what the user already holds. */
export async function inviteUserAgain(
  tx: Tx,
  accountId: string,
  { giver, userId }: { giver: Giver; userId: string },
): Promise<IssuedInvitation> {
  const user = found(await readUser(tx, accountId, userId));
  if (user.status !== 'invited') throw new Refusal('users.already-accepted');
  await refuseUnlessManageable(tx, accountId, { giver, userId });
  const invitation = await issueInvitation(tx, accountId, userId);
  await recordAudit(tx, accountId, {
    action: 'users.invited-again',
    actor: actorOf(giver),
    subject: { kind: 'user', id: userId },
  });
  return invitation;
}
