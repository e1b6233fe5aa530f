import type { Scope } from '@samtal/contract/access';
import type { Unit } from '@samtal/contract/units';
import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { newestVersion } from '../../platform/history/index.ts';
import { withinScopes } from '../access/index.ts';
import type { PlacedUnit } from './policy.ts';

export interface StoredUnit extends PlacedUnit {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
}

/** Units within the scopes, those further up first. One whose parent is out of scope is told as if it lay at the top. */
export async function readUnits(tx: ReadTx, accountId: string, scopes: readonly Scope[]): Promise<Unit[]> {
  const rows = await tx.sql
    .selectFrom('unit')
    .select(['id', 'kind', 'name', 'parent_id as parentId'])
    .select((eb) =>
      eb
        .selectFrom('queue')
        .select((count) => count.fn.countAll<number>().as('queues'))
        .whereRef('queue.account_id', '=', 'unit.account_id')
        .whereRef('queue.unit_id', '=', 'unit.id')
        .where(withinScopes(scopes, { units: 'queue.units', queue: 'queue.id', site: null }))
        .as('queues'),
    )
    .select(newestVersion('unit', { account: 'unit.account_id', id: 'unit.id' }).as('version'))
    .where('account_id', '=', accountId)
    .where(withinScopes(scopes, { units: 'unit.path', queue: null, site: null }))
    .orderBy(sql`cardinality(path)`)
    .orderBy(sql`lower(name)`)
    .execute();
  const seen = new Set(rows.map(({ id }) => id));
  return rows.map((row) => ({
    ...row,
    queues: row.queues ?? 0,
    parentId: row.parentId !== null && seen.has(row.parentId) ? row.parentId : null,
  }));
}

/** The unit, or null. Whoever changes the tree has locked access before, so that it stays as it is read. */
export async function readUnit(tx: ReadTx, accountId: string, unitId: string): Promise<StoredUnit | null> {
  const row = await tx.sql
    .selectFrom('unit')
    .select(['id', 'kind', 'name', 'parent_id as parentId', 'path'])
    .where('account_id', '=', accountId)
    .where('id', '=', unitId)
    .executeTakeFirst();
  return row ?? null;
}

/** How many levels there are from the unit down, itself included. */
export async function heightOf(tx: ReadTx, accountId: string, { id, path }: StoredUnit): Promise<number> {
  const { rows } = await sql<{ deepest: number }>`
    select max(cardinality(path)) as deepest from unit
    where account_id = ${accountId} and path @> array[${id}]::uuid[]`.execute(tx.sql);
  return (rows[0]?.deepest ?? path.length) - path.length + 1;
}

/** Puts a unit, and everything below it, under other ones: paths of units and of their queues are written anew. */
export async function movePaths(
  tx: Tx,
  accountId: string,
  { id, above }: { id: string; above: readonly string[] },
): Promise<void> {
  await sql`
    update unit set path = ${[...above]}::uuid[] || path[array_position(path, ${id}::uuid):]
    where account_id = ${accountId} and path @> array[${id}]::uuid[]`.execute(tx.sql);
  await sql`
    update queue set units = unit.path from unit
    where queue.account_id = ${accountId} and unit.account_id = queue.account_id and unit.id = queue.unit_id
      and unit.path @> array[${id}]::uuid[]`.execute(tx.sql);
}

/** Whether a unit or a queue lies in it, or a grant names it. */
export async function isInUse(tx: ReadTx, accountId: string, unitId: string): Promise<boolean> {
  const { rows } = await sql<{ used: boolean }>`
    select exists (select from unit where account_id = ${accountId} and parent_id = ${unitId})
      or exists (select from queue where account_id = ${accountId} and unit_id = ${unitId})
      or exists (select from role_grant where account_id = ${accountId} and scope -> 'unit' ? ${unitId})
      or exists (select from api_key_grant where account_id = ${accountId} and scope -> 'unit' ? ${unitId}) as used`.execute(
    tx.sql,
  );
  return rows[0]?.used ?? true;
}

/** What versions keep of it. */
export function unitBody({ kind, name, parentId }: Pick<StoredUnit, 'kind' | 'name' | 'parentId'>) {
  return { kind, name, parentId };
}
