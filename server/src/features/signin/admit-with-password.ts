import { platformChain, recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import { lockUser, readUser, recordUserVersion } from '../users/index.ts';
import { forgetDevices } from './known-devices.ts';
import { readIdentity } from './queries.ts';
import { endSessions } from './sessions.ts';
import { replacePasswordHash } from './set-password.ts';

export interface Admission {
  readonly accountId: string;
  readonly userId: string;
  /** What the operator chose for the person. */
  readonly passwordHash: string;
  readonly actor: AuditActor;
}

/**
 * Gives a person a password and, if they were only invited, makes them a member: what an operator does at the command
 * line, and the first start for its demo. Ends the person’s sessions. In the platform’s scope.
 */
export async function admitWithPassword(
  tx: Tx,
  { accountId, userId, passwordHash, actor }: Admission,
): Promise<void> {
  await setHash(tx, userId, passwordHash);
  await tx.sql
    .deleteFrom('invitation')
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .execute();
  const before = found(await lockUser(tx, accountId, userId));
  await tx.sql
    .updateTable('membership')
    .set({ status: 'active' })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .where('status', '=', 'invited')
    .execute();
  const after = found(await readUser(tx, accountId, userId));
  await recordUserVersion(tx, accountId, { userId, before, after, by: actor });
  await record(tx, { accountId, userId, actor, action: 'signin.password-set' });
}

/** Takes a person’s password away and ends their sessions, so that a new invitation lets them choose another. */
export async function clearPassword(
  tx: Tx,
  { accountId, userId, actor }: Omit<Admission, 'passwordHash'>,
): Promise<void> {
  await setHash(tx, userId, null);
  await record(tx, { accountId, userId, actor, action: 'signin.password-cleared' });
}

async function setHash(tx: Tx, userId: string, to: string | null): Promise<void> {
  const { passwordHash: from } = found(await readIdentity(tx, userId));
  await replacePasswordHash(tx, userId, { from, to, given: true });
  await forgetDevices(tx, userId);
  await endSessions(tx, { userId });
}

async function record(
  tx: Tx,
  {
    accountId,
    userId,
    actor,
    action,
  }: { accountId: string; userId: string; actor: AuditActor; action: string },
): Promise<void> {
  const event = { action, actor, subject: { kind: 'user', id: userId } };
  for (const chain of [platformChain, accountId]) await recordAudit(tx, chain, event);
}
