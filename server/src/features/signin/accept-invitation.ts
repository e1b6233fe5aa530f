import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { tokenHash } from '../../platform/tokens/index.ts';
import { readSettings } from '../settings/index.ts';
import { lockUser, readUser, recordUserVersion } from '../users/index.ts';
import { refuseUsedPassword } from './password-age.ts';
import { forgiveAttempt, provePassword, type PasswordDoor } from './prove-password.ts';
import type { OpenInvitation } from './queries.ts';
import { openInvitation } from './read-invitation.ts';
import { recordFailure } from './record-signin.ts';
import { refuseWeakPassword, replacePasswordHash } from './set-password.ts';

export interface Acceptance {
  readonly token: string;
  readonly name: string;
  readonly password: string;
  /** Where it comes from. */
  readonly address: string;
}

/**
 * Makes the invited person a member. Who has a password must give that one, so that holding a link is not enough to
 * take over a person who works in other accounts; anybody else chooses one.
 */
export async function acceptInvitation(door: PasswordDoor, acceptance: Acceptance): Promise<void> {
  const invitation = await openInvitation(door, acceptance);
  await refuseWhereFederatedOnly(door, invitation);
  const newHash =
    invitation.passwordHash === null
      ? await hashOfNewPassword(door, invitation, acceptance)
      : await refuseWrongPassword(door, invitation, acceptance);
  await door.database.transaction('platform', (tx) => join(tx, invitation, { ...acceptance, newHash }));
}

/** Where people come by an identity provider alone, they come by it from the first: and nobody’s other accounts are closed to them unasked. */
async function refuseWhereFederatedOnly(
  { database }: PasswordDoor,
  { accountId, userId }: OpenInvitation,
): Promise<void> {
  const said = await database.read('platform', (tx) => readSettings(tx, accountId));
  if (said['signin.federated-only'] && !said['signin.break-glass-users'].includes(userId))
    throw new Refusal('signin.federated-only');
}

async function hashOfNewPassword(
  door: PasswordDoor,
  { userId, accountId }: OpenInvitation,
  { password, name }: Acceptance,
): Promise<string> {
  await door.database.read('platform', (tx) =>
    refuseWeakPassword(tx, { userId, password, name, pointer: '/body/password', joining: accountId }),
  );
  await refuseUsedPassword(door, userId, password);
  return await door.passwords.hash(password);
}

async function refuseWrongPassword(
  door: PasswordDoor,
  { userId, email }: OpenInvitation,
  { password, address }: Acceptance,
): Promise<null> {
  const attempt = { email, password, address };
  const proof = await provePassword(door, attempt);
  await door.database.transaction('platform', async (tx) => {
    if (proof.right) await forgiveAttempt(tx, door.failures, { address, counted: proof.counted });
    else await recordFailure(tx, 'signin.acceptance-failed', { userId, reason: proof.reason });
  });
  if (!proof.right) throw new Refusal('signin.refused');
  return null;
}

/** The deletion decides who comes first: an invitation is used once. */
async function join(
  tx: Tx,
  { accountId, userId, passwordHash }: OpenInvitation,
  { token, name, newHash }: Acceptance & { newHash: string | null },
): Promise<void> {
  const used = await tx.sql
    .deleteFrom('invitation')
    .where('token_hash', '=', tokenHash(token))
    .returning('user_id')
    .executeTakeFirst();
  if (used === undefined) throw new Refusal('signin.invitation-invalid');
  if (newHash !== null) {
    if (!(await replacePasswordHash(tx, userId, { from: passwordHash, to: newHash }))) {
      throw new Refusal('signin.refused');
    }
    await tx.sql.updateTable('identity').set({ name }).where('id', '=', userId).execute();
  }
  const before = found(await lockUser(tx, accountId, userId));
  await tx.sql
    .updateTable('membership')
    .set({ status: 'active', name })
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .where('status', '<>', 'inactive')
    .execute();
  const actor = { kind: 'user', id: userId } as const;
  const after = found(await readUser(tx, accountId, userId));
  await recordUserVersion(tx, accountId, { userId, before, after, by: actor });
  await recordAudit(tx, accountId, {
    action: 'signin.invitation-accepted',
    actor,
    details: { passwordSet: newHash !== null },
  });
}
