import type { Authorisation, Scope } from '@samtal/contract/access';
import { sql } from 'kysely';
import type { ReadTx, Tables, Tx } from '../../platform/database/index.ts';
import { newestVersion } from '../../platform/history/index.ts';
import type { RoleNode } from './role-graph.ts';

/** A role as it is stored, with its closure. */
export interface StoredRole extends RoleNode {
  readonly builtIn: Tables['role']['built_in'];
  readonly name: string;
  readonly allows: readonly Authorisation[];
  readonly version: number;
}

export interface StoredGrant {
  readonly id: string;
  readonly userId: string;
  readonly roleId: string;
  readonly scope: Scope;
  /** What it was given for; empty for a grant from before there were purposes, and where none is needed. */
  readonly purpose: string;
}

/** A grant with what its role allows. */
export interface GrantedRole extends StoredGrant {
  readonly allows: readonly Authorisation[];
}

/** What roles allow, through every role that they hold, by id. */
type Closures = ReadonlyMap<string, ReadonlySet<Authorisation>>;

/** The roles of an account, by id; built-in ones first, then by name. */
export async function readRoles(tx: ReadTx, accountId: string): Promise<Map<string, StoredRole>> {
  const { rows } = await sql<StoredRole>`
    select role.id, role.built_in as "builtIn", role.name,
      array(select authorisation from role_authorisation a
        where a.account_id = role.account_id and a.role_id = role.id) as authorisations,
      array(select held_role_id from role_held h
        where h.account_id = role.account_id and h.role_id = role.id) as roles,
      array(select authorisation from role_allows a
        where a.account_id = role.account_id and a.role_id = role.id) as allows,
      ${newestVersion('role', { account: 'role.account_id', id: 'role.id' })} as version
    from role
    where role.account_id = ${accountId}
    order by role.built_in is null, lower(role.name)`.execute(tx.sql);
  return new Map(rows.map((role) => [role.id, role]));
}

/** Grants of the account; of one user, or of some roles, where those are named. */
export async function readGrants(
  tx: ReadTx,
  accountId: string,
  of: { userId?: string | undefined; roleIds?: readonly string[] } = {},
): Promise<StoredGrant[]> {
  let query = tx.sql
    .selectFrom('role_grant')
    .select(['id', 'user_id as userId', 'role_id as roleId', 'scope', 'purpose'])
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .orderBy('id');
  if (of.userId !== undefined) query = query.where('user_id', '=', of.userId);
  if (of.roleIds !== undefined) query = query.where('role_id', 'in', [...of.roleIds]);
  return await query.execute();
}

/** Whether any key of the account was given the role (C8). */
export async function isGivenToKey(tx: ReadTx, accountId: string, roleId: string): Promise<boolean> {
  const grant = await tx.sql
    .selectFrom('api_key_grant')
    .select('key_id')
    .where('account_id', '=', accountId)
    .where('role_id', '=', roleId)
    .limit(1)
    .executeTakeFirst();
  return grant !== undefined;
}

/** What somebody holds in the account, whether or not the membership is active. */
export async function readGrantedRoles(
  tx: ReadTx,
  accountId: string,
  userId: string,
): Promise<GrantedRole[]> {
  const { rows } = await sql<GrantedRole>`
    select g.id, g.user_id as "userId", g.role_id as "roleId", g.scope, g.purpose,
      array(select authorisation from role_allows a
        where a.account_id = g.account_id and a.role_id = g.role_id) as allows
    from role_grant g
    where g.account_id = ${accountId} and g.user_id = ${userId}`.execute(tx.sql);
  return rows;
}

/** Writes down what a new role says itself. */
export async function writeRole(tx: Tx, accountId: string, role: RoleNode): Promise<void> {
  const own = { account_id: accountId, role_id: role.id };
  if (role.authorisations.length > 0) {
    const rows = role.authorisations.map((authorisation) => ({ ...own, authorisation }));
    await tx.sql.insertInto('role_authorisation').values(rows).execute();
  }
  if (role.roles.length > 0) {
    const rows = role.roles.map((held) => ({ ...own, held_role_id: held }));
    await tx.sql.insertInto('role_held').values(rows).execute();
  }
}

/** Writes down what these roles allow, which have nothing written down yet. */
export async function writeClosures(tx: Tx, accountId: string, closures: Closures): Promise<void> {
  const rows = [...closures].flatMap(([id, allows]) => [...allows].map((name) => [id, name] as const));
  const [ids, names] = [rows.map(([id]) => id), rows.map(([, name]) => name)];
  await sql`
    insert into role_allows (account_id, role_id, authorisation)
    select ${accountId}, * from unnest(${ids}::uuid[], ${names}::text[])`.execute(tx.sql);
}

/** Writes down what these roles allow in place of what they allowed before. */
export async function replaceClosures(tx: Tx, accountId: string, closures: Closures): Promise<void> {
  await tx.sql
    .deleteFrom('role_allows')
    .where('account_id', '=', accountId)
    .where((eb) => eb('role_id', '=', eb.fn.any(eb.val([...closures.keys()]))))
    .execute();
  await writeClosures(tx, accountId, closures);
}

/** Empties what a role says itself, so that it can be written anew. */
export async function clearRole(tx: Tx, accountId: string, roleId: string): Promise<void> {
  for (const table of ['role_authorisation', 'role_held'] as const) {
    await tx.sql
      .deleteFrom(table)
      .where('account_id', '=', accountId)
      .where('role_id', '=', roleId)
      .execute();
  }
}
