import { randomUUID } from 'node:crypto';
import type { Scope } from '@samtal/contract/access';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { lockAccess } from './administrators.ts';
import { grantBody } from './configuration.ts';
import { currentGiver } from './current-giver.ts';
import { actorOf, refuseUnlessPassable, type Giver } from './giver.ts';
import { granted, normalisedScope, opensConversations } from './policy.ts';
import { readGrants, readRoles, type StoredGrant } from './queries.ts';

export interface NewGrant {
  readonly giver: Giver;
  readonly userId: string;
  readonly roleId: string;
  readonly scope: Scope;
  /** For one that is given again. */
  readonly id?: string;
  readonly note?: ChangeNote;
}

/**
 * Gives a role to a user within a scope, for the purpose that the note says, without which nobody is let into conversations of
 * others (B3). The same grant again changes nothing and returns the one there is.
 */
export async function giveRole(
  tx: Tx,
  accountId: string,
  { giver: asked, userId, roleId, scope: wanted, id = randomUUID(), note = {} }: NewGrant,
): Promise<StoredGrant> {
  await lockAccess(tx, accountId);
  const giver = await currentGiver(tx, asked, 'access.manage');
  const scope = normalisedScope(wanted);
  const role = found((await readRoles(tx, accountId)).get(roleId));
  found(await readMembership(tx, accountId, userId));
  await refuseUnknownPlaces(tx, accountId, scope);
  await refuseUnlessPassable(tx, giver, {
    receiverId: userId,
    grants: [granted({ roleId, allows: role.allows, scope })],
  });
  const purpose = note.reason?.trim() ?? '';
  if (purpose === '' && opensConversations(role.allows, scope)) throw new Refusal('access.purpose-required');
  const text = JSON.stringify(scope);
  const same = (await readGrants(tx, accountId, { userId, roleIds: [roleId] })).find(
    (grant) => JSON.stringify(normalisedScope(grant.scope)) === text,
  );
  if (same !== undefined) return same;
  const grant = { id, userId, roleId, scope, purpose };
  await tx.sql
    .insertInto('role_grant')
    .values({ account_id: accountId, id: grant.id, user_id: userId, role_id: roleId, scope: text, purpose })
    .execute();
  const by = actorOf(giver);
  const body = grantBody(grant);
  await recordVersion(tx, accountId, { kind: 'grant', objectId: id, before: null, body, by, note });
  await recordAudit(tx, accountId, {
    action: 'access.granted',
    actor: by,
    subject: { kind: 'user', id: userId },
    details: { grant: grant.id, role: roleId, ...scope, purposeGiven: purpose !== '' },
  });
  return grant;
}

async function readMembership(tx: Tx, accountId: string, userId: string): Promise<unknown> {
  return await tx.sql
    .selectFrom('membership')
    .select('user_id')
    .where('account_id', '=', accountId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
}

/** Refuses units, queues and sites that the account does not have. */
export async function refuseUnknownPlaces(
  tx: Tx,
  accountId: string,
  { unit = [], queue = [], site = [] }: Scope,
): Promise<void> {
  for (const { table, ids } of [
    { table: 'unit', ids: unit } as const,
    { table: 'queue', ids: queue } as const,
    { table: 'site', ids: site } as const,
  ]) {
    if (ids.length === 0) continue;
    const known = await tx.sql
      .selectFrom(table)
      .select('id')
      .where('account_id', '=', accountId)
      .where('id', 'in', ids)
      .execute();
    found(known.length === ids.length ? known : null);
  }
}
