import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { lockedGiver } from './giver.ts';
import { giveRolesOfGroups } from './group-roles.ts';
import { refuseIfChanged } from './if-match.ts';
import { versionOfGroup } from './presenter.ts';
import { readDirectoryGroup, seen, type DirectoryGroup } from './queries.ts';
import { unfit } from './values.ts';
import { without, type GroupWish } from './wishes.ts';

/** Makes a group of the directory, whose members get the roles that it stands for. Refuses with provisioning.taken. */
export async function makeGroup(tx: Tx, caller: Member, wish: GroupWish): Promise<DirectoryGroup> {
  const { accountId } = caller;
  const giver = await lockedGiver(tx, caller);
  const id = randomUUID();
  await unlessTaken(
    tx.sql
      .insertInto('directory_group')
      .values({ account_id: accountId, id, name: wish.name, external_id: wish.externalId })
      .execute(),
  );
  await addMembers(tx, accountId, { groupId: id, userIds: wish.members });
  await record(tx, caller, { action: 'created', id, details: { added: wish.members.size } });
  await giveRolesOfGroups(tx, giver, wish.members);
  return found(await readDirectoryGroup(tx, accountId, id));
}

export interface GroupChange {
  readonly groupId: string;
  /** The header If-Match; undefined where there is none. */
  readonly ifMatch: string | undefined;
}

/** Makes a group what the directory wishes, from what it is once nobody else can change it. */
export async function alterGroup(
  tx: Tx,
  caller: Member,
  { groupId, ifMatch, wishFrom }: GroupChange & { wishFrom: (before: GroupWish) => GroupWish },
): Promise<DirectoryGroup> {
  const { accountId } = caller;
  const giver = await lockedGiver(tx, caller);
  const standing = found(await readDirectoryGroup(tx, accountId, groupId));
  refuseIfChanged(ifMatch, versionOfGroup(standing));
  const before = { ...standing, members: new Set(standing.members.map(({ id }) => id)) };
  const wish = wishFrom(before);
  const [added, removed] = [without(wish.members, before.members), without(before.members, wish.members)];
  const isRenamed = wish.name !== before.name || wish.externalId !== before.externalId;
  if (!isRenamed && added.size === 0 && removed.size === 0) return standing;
  await unlessTaken(
    tx.sql
      .updateTable('directory_group')
      .set({ name: wish.name, external_id: wish.externalId, changed_at: sql<Date>`now()` })
      .where('account_id', '=', accountId)
      .where('id', '=', groupId)
      .execute(),
  );
  await addMembers(tx, accountId, { groupId, userIds: added });
  await dropMembers(tx, accountId, { groupId, userIds: removed });
  const details = { renamed: isRenamed, added: added.size, removed: removed.size };
  await record(tx, caller, { action: 'changed', id: groupId, details });
  // Another name may stand for other roles.
  await giveRolesOfGroups(
    tx,
    giver,
    isRenamed ? new Set([...wish.members, ...before.members]) : [...added, ...removed],
  );
  return found(await readDirectoryGroup(tx, accountId, groupId));
}

/** Deletes a group, and takes back what its members had because of it. */
export async function deleteGroup(tx: Tx, caller: Member, { groupId, ifMatch }: GroupChange): Promise<void> {
  const { accountId } = caller;
  const giver = await lockedGiver(tx, caller);
  const group = found(await readDirectoryGroup(tx, accountId, groupId));
  refuseIfChanged(ifMatch, versionOfGroup(group));
  await tx.sql
    .deleteFrom('directory_group')
    .where('account_id', '=', accountId)
    .where('id', '=', groupId)
    .execute();
  await record(tx, caller, { action: 'deleted', id: groupId, details: { removed: group.members.length } });
  await giveRolesOfGroups(
    tx,
    giver,
    group.members.map(({ id }) => id),
  );
}

/** Refuses with provisioning.value what is no user whom the directory sees. */
async function addMembers(
  tx: Tx,
  account: string,
  { groupId, userIds }: { groupId: string; userIds: ReadonlySet<string> },
): Promise<void> {
  if (userIds.size === 0) return;
  const { rows } = await sql`
    insert into directory_group_member (account_id, group_id, user_id)
    select m.account_id, ${groupId}, m.user_id from membership m
    where m.account_id = ${account} and m.user_id::text = any(${[...userIds]}::text[]) and ${seen}
    on conflict do nothing returning user_id`.execute(tx.sql);
  if (rows.length !== userIds.size) throw unfit('an id of a user');
}

async function dropMembers(
  tx: Tx,
  account: string,
  { groupId, userIds }: { groupId: string; userIds: ReadonlySet<string> },
): Promise<void> {
  if (userIds.size === 0) return;
  await tx.sql
    .deleteFrom('directory_group_member')
    .where('account_id', '=', account)
    .where('group_id', '=', groupId)
    .where('user_id', 'in', [...userIds])
    .execute();
}

async function unlessTaken(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (isUniqueViolation(error, 'directory_group_name')) throw new Refusal('provisioning.taken');
    throw error;
  }
}

async function record(
  tx: Tx,
  { accountId, actor }: Member,
  {
    action,
    id,
    details,
  }: { action: 'created' | 'changed' | 'deleted'; id: string; details: Record<string, number | boolean> },
): Promise<void> {
  await recordAudit(tx, accountId, {
    action: `provisioning.group-${action}`,
    actor,
    subject: { kind: 'directory-group', id },
    details,
  });
}
