import { sql } from 'kysely';
import { recordAudit, type AuditEvent } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { actorOf, keepingAnAdministrator, type Giver } from '../access/index.ts';
import type { BeforeLeaving } from './leaving.ts';
import { lockUser, type StoredUser } from './queries.ts';
import { recordUserVersion } from './record-user-version.ts';
import { refuseUnlessManageable } from './refuse-unless-manageable.ts';

export interface UserChanges {
  readonly name?: string;
  readonly maxConversations?: number;
  readonly status?: 'active' | 'inactive';
}

export interface ChangeOfUser {
  readonly giver: Giver;
  readonly userId: string;
  readonly changes: UserChanges;
  readonly note?: ChangeNote;
  /** Why somebody is switched off. Whom a rule or the directory switches off, not an administrator, is signed out as well (B5, B6). */
  readonly because?: NonNullable<StoredUser['inactiveBecause']>;
  /** What else the audit trail says of it. */
  readonly details?: AuditEvent['details'];
  readonly beforeLeaving: BeforeLeaving;
}

/** Changes a user. One who is switched off is refused from the next request on, in this account alone. */
export async function changeUser(
  tx: Tx,
  accountId: string,
  { giver, userId, changes, note = {}, because = 'administrator', details = {}, beforeLeaving }: ChangeOfUser,
): Promise<void> {
  await keepingAnAdministrator(tx, accountId, async () => {
    const user = found(await lockUser(tx, accountId, userId));
    await refuseUnlessManageable(tx, accountId, { giver, userId });
    if (changes.status !== undefined) refuseUnlessAccepted(user);
    const leaves = user.status === 'active' && changes.status === 'inactive';
    if (leaves) await beforeLeaving(tx, accountId, userId);
    await tx.sql
      .updateTable('membership')
      .set({
        name: changes.name ?? user.name,
        ...(changes.maxConversations === undefined ? {} : { max_conversations: changes.maxConversations }),
        ...(changes.status === undefined ? {} : { status: changes.status }),
        ...(leaves ? { inactive_because: because } : {}),
      })
      .where('account_id', '=', accountId)
      .where('user_id', '=', userId)
      .execute();
    if (leaves && because !== 'administrator')
      await sql`select end_sessions_of_inactive(${userId})`.execute(tx.sql);
    const after = { ...user, ...changes };
    const by = actorOf(giver);
    await recordUserVersion(tx, accountId, { userId, before: user, after, by, note });
    await recordAudit(tx, accountId, {
      action: 'users.changed',
      actor: by,
      subject: { kind: 'user', id: userId },
      details: {
        changed: Object.keys(changes),
        status: changes.status ?? user.status,
        ...(leaves ? { because } : {}),
        ...details,
      },
    });
  });
}

/** Only the person makes an invited user active. An invitation that should not stand is withdrawn by removing the user. */
function refuseUnlessAccepted({ status }: StoredUser): void {
  if (status !== 'invited') return;
  throw new Refusal('request.invalid', {
    fields: [{ pointer: '/body/status', problem: 'cannot change before the invitation is accepted' }],
  });
}
