import { sql } from 'kysely';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import type { ChangeNote } from '../../platform/history/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { recordUserVersion } from './record-user-version.ts';
import type { Configured } from './configuration.ts';
import { issueInvitation, type IssuedInvitation } from './issue-invitation.ts';

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly maxConversations?: number;
}

/**
 * Invites a person to the account. Whether another account knows the address makes no difference to what happens here,
 * nor to what is answered.
 */
export async function inviteUser(
  tx: Tx,
  accountId: string,
  { actor, user, note = {} }: { actor: AuditActor; user: NewUser; note?: ChangeNote },
): Promise<{ userId: string; invitation: IssuedInvitation }> {
  const { userId, ...after } = await addMember(tx, accountId, user);
  await recordUserVersion(tx, accountId, { userId, before: null, after, by: actor, note });
  const invitation = await issueInvitation(tx, accountId, userId);
  await recordAudit(tx, accountId, { action: 'users.invited', actor, subject: { kind: 'user', id: userId } });
  return { userId, invitation };
}

async function addMember(
  tx: Tx,
  accountId: string,
  { email, name, maxConversations }: NewUser,
): Promise<Configured & { userId: string }> {
  const { rows } = await sql<{ id: string }>`select identity_for(${email}, ${name}) as id`.execute(tx.sql);
  const id = rows[0]?.id ?? '';
  const limit = maxConversations === undefined ? {} : { max_conversations: maxConversations };
  try {
    return await tx.sql
      .insertInto('membership')
      .values({ account_id: accountId, user_id: id, email, name, ...limit })
      .returning(['user_id as userId', 'name', 'max_conversations as maxConversations', 'status'])
      .executeTakeFirstOrThrow();
  } catch (error) {
    if (isUniqueViolation(error, 'membership_pkey')) throw new Refusal('users.already-member');
    throw error;
  }
}
