import type { Scope } from '@samtal/contract/access';
import type { LiveFigures } from '@samtal/contract/statistics';
import { sql } from 'kysely';
import type { ReadTx } from '../../../platform/database/index.ts';

/** The scopes with the names of what they hold, to be shown; null where they come to the whole account. */
export async function nameScopes(
  tx: ReadTx,
  account: string,
  scopes: readonly Scope[],
): Promise<LiveFigures['scopes']> {
  if (scopes.some(({ unit, queue, site }) => [unit, queue, site].every((ids) => ids === undefined)))
    return null;
  const ids = scopes.flatMap(({ unit = [], queue = [], site = [] }) => [...unit, ...queue, ...site]);
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from unit where account_id = ${account} and id = any(${ids}::uuid[])
    union all select id, name from queue where account_id = ${account} and id = any(${ids}::uuid[])
    union all select id, name from site where account_id = ${account} and id = any(${ids}::uuid[])`.execute(
    tx.sql,
  );
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  // What has been deleted meanwhile narrows to nothing, and has no name.
  const named = (of: readonly string[]) => of.flatMap((id) => names.get(id) ?? []).toSorted();
  return scopes.map(({ unit, queue, site }) => ({
    ...(unit === undefined ? {} : { units: named(unit) }),
    ...(queue === undefined ? {} : { queues: named(queue) }),
    ...(site === undefined ? {} : { sites: named(site) }),
  }));
}
