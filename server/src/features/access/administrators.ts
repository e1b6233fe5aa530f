import type { Authorisation } from '@samtal/contract/access';
import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';

/** Held together, unscoped, by at least one active user of each account: without them nobody could let anyone in. */
const administering: readonly Authorisation[] = ['users.manage', 'access.manage', 'access.entrust'];

/**
 * Begins a change of access. In one account they happen one after the other, so that what one checked still holds when it
 * commits; and each raises the number by which whoever remembers what somebody may do sees that it has to be read anew.
 */
export async function lockAccess(tx: Tx, accountId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${accountId}, 7318002))`.execute(tx.sql);
  await sql`update account set access_revision = access_revision + 1 where id = ${accountId}`.execute(tx.sql);
}

/** Makes a change of access, and refuses it when it would leave the account without an active administrator. */
export async function keepingAnAdministrator<Result>(
  tx: Tx,
  accountId: string,
  change: () => Promise<Result>,
): Promise<Result> {
  await lockAccess(tx, accountId);
  const before = await hasAdministrator(tx, accountId);
  const result = await change();
  if (before && !(await hasAdministrator(tx, accountId))) throw new Refusal('access.last-administrator');
  return result;
}

async function hasAdministrator(tx: Tx, accountId: string): Promise<boolean> {
  const administrator = await tx.sql
    .selectFrom('membership as m')
    .innerJoin('role_grant as g', (join) =>
      join.onRef('g.account_id', '=', 'm.account_id').onRef('g.user_id', '=', 'm.user_id'),
    )
    .innerJoin('role_allows as a', (join) =>
      join.onRef('a.account_id', '=', 'g.account_id').onRef('a.role_id', '=', 'g.role_id'),
    )
    .select('m.user_id')
    .where('m.account_id', '=', accountId)
    .where('m.status', '=', 'active')
    .where('g.scope', '=', sql<never>`'{}'::jsonb`)
    .where('a.authorisation', 'in', [...administering])
    .groupBy('m.user_id')
    .having((eb) => eb.fn.count('a.authorisation').distinct(), '=', administering.length)
    .limit(1)
    .executeTakeFirst();
  return administrator !== undefined;
}
