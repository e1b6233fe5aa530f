import type { ReadTx } from '../../../platform/database/index.ts';
import type { BaseRow } from './base-row.ts';

/** What queues, sites and agents are called now, by their id. What is gone has no name. */
export type Names = ReadonlyMap<string, string>;

export async function readNames(tx: ReadTx, account: string, rows: readonly BaseRow[]): Promise<Names> {
  const idsOf = (dimension: 'queue' | 'site' | 'agent') => [
    ...new Set(rows.map((row) => row[dimension]).filter((id) => id !== null)),
  ];
  const named = async (table: 'queue' | 'site', ids: readonly string[]) =>
    ids.length === 0
      ? []
      : await tx.sql
          .selectFrom(table)
          .select(['id', 'name'])
          .where('account_id', '=', account)
          .where('id', 'in', ids)
          .execute();
  const agentIds = idsOf('agent');
  const agents =
    agentIds.length === 0
      ? []
      : await tx.sql
          .selectFrom('membership')
          .select(['user_id as id', 'name'])
          .where('account_id', '=', account)
          .where('user_id', 'in', agentIds)
          .execute();
  const found = [
    ...(await named('queue', idsOf('queue'))),
    ...(await named('site', idsOf('site'))),
    ...agents,
  ];
  return new Map(found.map(({ id, name }) => [id, name]));
}
