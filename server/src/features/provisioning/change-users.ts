import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { readSettings } from '../settings/index.ts';
import {
  changeUser,
  lockUser,
  recordUserVersion,
  refuseUnlessManageable,
  removeUser,
  type BeforeLeaving,
} from '../users/index.ts';
import { lockedGiver } from './giver.ts';
import { giveRolesOfGroups } from './group-roles.ts';
import { refuseIfChanged } from './if-match.ts';
import { versionOfUser } from './presenter.ts';
import { readDirectoryUser, type DirectoryUser } from './queries.ts';
import type { UserWish } from './wishes.ts';

/**
 * Makes a user for the directory: an identity of this account alone, which has no password. Whether another account knows the address
 * is not looked at. Refuses with provisioning.domain, provisioning.taken.
 */
export async function makeUser(tx: Tx, caller: Member, wish: UserWish): Promise<DirectoryUser> {
  const { accountId, actor } = caller;
  await lockedGiver(tx, caller);
  await refuseForeignDomain(tx, accountId, wish.email);
  await refuseTaken(tx, accountId, wish, null);
  const { rows } = await sql<{
    id: string;
  }>`select identity_by_provider(${wish.email}, ${wish.name}) as id`.execute(tx.sql);
  const userId = rows[0]?.id ?? '';
  const after = await tx.sql
    .insertInto('membership')
    .values({
      account_id: accountId,
      user_id: userId,
      email: wish.email,
      name: wish.name,
      status: wish.active ? 'active' : 'inactive',
      inactive_because: wish.active ? null : 'directory',
    })
    .returning(['name', 'max_conversations as maxConversations', 'status'])
    .executeTakeFirstOrThrow();
  await keepNames(tx, accountId, { userId, wish, made: true });
  await recordUserVersion(tx, accountId, { userId, before: null, after, by: actor });
  await recordAudit(tx, accountId, {
    action: 'provisioning.user-created',
    actor,
    subject: { kind: 'user', id: userId },
    details: { active: wish.active },
  });
  return found(await readDirectoryUser(tx, accountId, userId));
}

export interface UserChange {
  readonly userId: string;
  /** The header If-Match; undefined where there is none. */
  readonly ifMatch: string | undefined;
  readonly beforeLeaving: BeforeLeaving;
}

/**
 * Makes a user what the directory wishes, from what the user is once nobody else can change them. Refuses with provisioning.kept
 * another address for whom an administrator has switched off, and to switch off who is named to get in without the identity provider.
 */
export async function alterUser(
  tx: Tx,
  caller: Member,
  { userId, ifMatch, beforeLeaving, wishFrom }: UserChange & { wishFrom: (before: UserWish) => UserWish },
): Promise<DirectoryUser> {
  const { accountId, actor } = caller;
  const giver = await lockedGiver(tx, caller);
  await lockUser(tx, accountId, userId);
  const before = found(await readDirectoryUser(tx, accountId, userId));
  refuseIfChanged(ifMatch, versionOfUser(before));
  const wish = wishFrom(before);
  const status = statusAfter(before, wish);
  const changed = (['userName', 'externalId', 'name', 'email'] as const).filter(
    (each) => before[each] !== wish[each],
  );
  if (changed.length === 0 && status === null) return before;
  if (status === 'inactive') await refuseBreakGlass(tx, accountId, userId);
  await refuseUnlessManageable(tx, accountId, { giver, userId });
  await refuseTaken(tx, accountId, wish, userId);
  if (wish.email !== before.email) refuseSwitchedOff(before);
  if (wish.email !== before.email) await readdress(tx, accountId, { userId, email: wish.email });
  if (changed.some((each) => each !== 'name')) await keepNames(tx, accountId, { userId, wish, made: false });
  if (status !== null || wish.name !== before.name)
    await changeUser(tx, accountId, {
      giver,
      userId,
      changes: { name: wish.name, ...(status === null ? {} : { status }) },
      because: 'directory',
      beforeLeaving,
    });
  await recordAudit(tx, accountId, {
    action: 'provisioning.user-changed',
    actor,
    subject: { kind: 'user', id: userId },
    details: { changed: [...changed, ...(status === null ? [] : ['active'])] },
  });
  if (wish.email !== before.email) await giveRolesOfGroups(tx, giver, [userId]);
  return found(await readDirectoryUser(tx, accountId, userId));
}

/**
 * Removes a user whom the directory knows no more, with every role: as an administrator does. Refuses with provisioning.kept whom an
 * administrator has switched off, and who is named to get in without the identity provider.
 */
export async function takeUserAway(
  tx: Tx,
  caller: Member,
  { userId, ifMatch, beforeLeaving }: UserChange,
): Promise<void> {
  const { accountId } = caller;
  const giver = await lockedGiver(tx, caller);
  await lockUser(tx, accountId, userId);
  const before = found(await readDirectoryUser(tx, accountId, userId));
  refuseIfChanged(ifMatch, versionOfUser(before));
  refuseSwitchedOff(before);
  await refuseBreakGlass(tx, accountId, userId);
  await removeUser(tx, accountId, { giver, userId, note: {}, beforeLeaving });
}

/** Who gets in when the identity provider lets nobody in is not put out by a directory that has lost everybody (C4). */
async function refuseBreakGlass(tx: Tx, account: string, userId: string): Promise<void> {
  const { 'signin.break-glass-users': named } = await readSettings(tx, account);
  if (named.includes(userId)) throw new Refusal('provisioning.kept');
}

/** Whoever was made again at the same address would be active, although an administrator said otherwise. */
function refuseSwitchedOff({ inactiveBecause }: DirectoryUser): void {
  if (inactiveBecause === 'administrator') throw new Refusal('provisioning.kept');
}

/** Only whom the directory has switched off is switched on by it: not whom an administrator has, nor who stayed away (B5). */
function statusAfter(before: DirectoryUser, wish: UserWish): 'active' | 'inactive' | null {
  if (before.active === wish.active) return null;
  if (!wish.active) return 'inactive';
  return before.inactiveBecause === 'directory' ? 'active' : null;
}

async function readdress(
  tx: Tx,
  account: string,
  { userId, email }: { userId: string; email: string },
): Promise<void> {
  await refuseForeignDomain(tx, account, email);
  const { rows } = await sql<{
    done: boolean;
  }>`select readdress_made_identity(${userId}, ${email}) as done`.execute(tx.sql);
  if (rows[0]?.done !== true) throw new Refusal('provisioning.immutable');
  await tx.sql
    .updateTable('membership')
    .set({ email })
    .where('account_id', '=', account)
    .where('user_id', '=', userId)
    .execute();
}

async function keepNames(
  tx: Tx,
  account: string,
  { userId, wish, made }: { userId: string; wish: UserWish; made: boolean },
): Promise<void> {
  const names = {
    user_name: wish.userName === wish.email ? null : wish.userName,
    external_id: wish.externalId,
    changed_at: sql<Date>`now()`,
  };
  try {
    await tx.sql
      .insertInto('provisioned_user')
      .values({ account_id: account, user_id: userId, made, ...names })
      .onConflict((conflict) => conflict.columns(['account_id', 'user_id']).doUpdateSet(names))
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'provisioned_user_name')) throw new Refusal('provisioning.taken');
    throw error;
  }
}

async function refuseForeignDomain(tx: Tx, account: string, email: string): Promise<void> {
  const verified = await tx.sql
    .selectFrom('verified_domain')
    .select('domain')
    .where('account_id', '=', account)
    .where('domain', '=', email.slice(email.lastIndexOf('@') + 1).toLowerCase())
    .executeTakeFirst();
  if (verified === undefined) throw new Refusal('provisioning.domain');
}

/** Within this account alone; access is locked, so that nobody else makes the same at this moment. */
async function refuseTaken(
  tx: Tx,
  account: string,
  { userName, email }: UserWish,
  except: string | null,
): Promise<void> {
  const { rows } = await sql`
    select from membership m
    left join provisioned_user p on p.account_id = m.account_id and p.user_id = m.user_id
    where m.account_id = ${account} and m.user_id is distinct from ${except}::uuid
      and (lower(m.email) = lower(${email}) or lower(coalesce(p.user_name, m.email)) = lower(${userName}))
    limit 1`.execute(tx.sql);
  if (rows.length > 0) throw new Refusal('provisioning.taken');
}
