import type { DataServiceConfiguration } from '@samtal/contract/data-services';
import type { Tx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';

type Naming = Pick<DataServiceConfiguration, 'roleIds' | 'query'>;

/**
 * Refuses with not-found roles, queues and sites that the account does not have. What the definition named before may stay, also when
 * it has gone: it answers with nothing there.
 */
export async function refuseUnknown(
  tx: Tx,
  account: string,
  { roleIds, query: { filters } }: Naming,
  before: Naming | null,
): Promise<void> {
  const old = before?.query.filters;
  for (const { table, ids, known } of [
    { table: 'role', ids: roleIds, known: before?.roleIds ?? [] } as const,
    { table: 'queue', ids: filters.queueIds ?? [], known: old?.queueIds ?? [] } as const,
    { table: 'site', ids: filters.siteIds ?? [], known: old?.siteIds ?? [] } as const,
  ]) {
    const added = ids.filter((id) => !known.includes(id));
    if (added.length === 0) continue;
    const rows = await tx.sql
      .selectFrom(table)
      .select('id')
      .where('account_id', '=', account)
      .where('id', 'in', added)
      .execute();
    found(rows.length === added.length ? rows : null);
  }
}
