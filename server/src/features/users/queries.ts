import type { inactiveReasons } from '@samtal/contract/users';
import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { newestVersion } from '../../platform/history/index.ts';
import { decodeCursor, encodeCursor } from '../../platform/pages/index.ts';

export interface StoredUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly maxConversations: number;
  readonly status: 'invited' | 'active' | 'inactive';
  readonly createdAt: Date;
  readonly lastSignInAt: Date | null;
  readonly lastActiveOn: string | null;
  readonly inactiveBecause: (typeof inactiveReasons)[number] | null;
  readonly roles: { grantId: string; roleId: string; name: string; builtIn: string | null }[];
  readonly version: number;
}

const columns = [
  'm.user_id as id',
  'm.email',
  'm.name',
  'm.max_conversations as maxConversations',
  'm.status',
  'm.created_at as createdAt',
  'm.last_sign_in_at as lastSignInAt',
  'm.inactive_because as inactiveBecause',
] as const;

const roles = sql<StoredUser['roles']>`(
  select coalesce(jsonb_agg(jsonb_build_object('grantId', g.id, 'roleId', g.role_id, 'name', role.name, 'builtIn', role.built_in)
    order by lower(role.name), g.id), '[]')
  from role_grant g join role on role.account_id = g.account_id and role.id = g.role_id
  where g.account_id = m.account_id and g.user_id = m.user_id)`;

/** One user of the account, or null. */
export async function readUser(tx: ReadTx, accountId: string, userId: string): Promise<StoredUser | null> {
  const row = await usersOf(tx, accountId).where('m.user_id', '=', userId).executeTakeFirst();
  return row ?? null;
}

/** The same, held until the transaction ends: nobody changes or removes the user meanwhile. */
export async function lockUser(tx: Tx, accountId: string, userId: string): Promise<StoredUser | null> {
  const row = await usersOf(tx, accountId)
    .where('m.user_id', '=', userId)
    .forNoKeyUpdate('m')
    .executeTakeFirst();
  return row ?? null;
}

/** One page of users by name; with `search` those whose name or address holds it, in whatever case. */
export async function readUsers(
  tx: ReadTx,
  accountId: string,
  { cursor, limit = 50, search = '' }: { cursor?: string; limit?: number; search?: string },
): Promise<{ users: StoredUser[]; next: string | null }> {
  const folded = sql<string>`lower(m.name)`;
  let query = usersOf(tx, accountId)
    .orderBy(folded)
    .orderBy('m.user_id')
    .limit(limit + 1);
  if (search.trim() !== '') {
    const pattern = `%${search.trim().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    query = query.where((eb) => eb.or([eb('m.name', 'ilike', pattern), eb('m.email', 'ilike', pattern)]));
  }
  const after = decodeCursor(cursor, ['text', 'id']);
  if (after !== null)
    query = query.where(sql<boolean>`(${folded}, m.user_id) > (${after[0]}, ${after[1]}::uuid)`);
  const rows = await query.execute();
  const users = rows.slice(0, limit);
  const last = rows.length > limit ? users.at(-1) : undefined;
  return { users, next: last === undefined ? null : encodeCursor([last.sortedBy, last.id]) };
}

function usersOf(tx: ReadTx, accountId: string) {
  return tx.sql
    .selectFrom('membership as m')
    .select(columns)
    .select([
      roles.as('roles'),
      sql<string | null>`to_char(m.last_active_on, 'YYYY-MM-DD')`.as('lastActiveOn'),
      sql<string>`lower(m.name)`.as('sortedBy'),
      newestVersion('user', { account: 'm.account_id', id: 'm.user_id' }).as('version'),
    ])
    .where('m.account_id', '=', accountId);
}
