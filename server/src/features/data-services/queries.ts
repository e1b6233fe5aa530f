import type { DataService, DataServiceConfiguration } from '@samtal/contract/data-services';
import { isUniqueViolation, type ReadTx, type Tx } from '../../platform/database/index.ts';
import { newestVersion } from '../../platform/history/index.ts';
import { Refusal } from '../../platform/http/index.ts';

const columns = [
  'id',
  'key',
  'name',
  'description',
  'enabled',
  'requests_per_minute as requestsPerMinute',
  'role_ids as roleIds',
  'query',
  newestVersion('data-service', { account: 'data_service.account_id', id: 'data_service.id' }).as('version'),
] as const;

/** The data services of the account, by name. */
export async function readDataServices(tx: ReadTx, account: string): Promise<DataService[]> {
  return await servicesOf(tx, account)
    .orderBy((eb) => eb.fn<string>('lower', ['name']))
    .orderBy('key')
    .execute();
}

export async function readDataService(tx: ReadTx, account: string, key: string): Promise<DataService | null> {
  return (await servicesOf(tx, account).where('key', '=', key).executeTakeFirst()) ?? null;
}

/** The data service, held until the transaction ends: every change begins with this. */
export async function lockDataService(
  tx: Tx,
  account: string,
  of: { readonly key: string } | { readonly id: string },
): Promise<DataService | null> {
  const services = servicesOf(tx, account);
  const one = 'key' in of ? services.where('key', '=', of.key) : services.where('id', '=', of.id);
  return (await one.forUpdate().executeTakeFirst()) ?? null;
}

/** Refuses with names.taken. */
export async function insertDataService(
  tx: Tx,
  account: string,
  {
    id,
    body: { requestsPerMinute, roleIds, query, ...body },
  }: { id: string; body: DataServiceConfiguration },
): Promise<void> {
  try {
    await tx.sql
      .insertInto('data_service')
      .values({
        account_id: account,
        id,
        ...body,
        requests_per_minute: requestsPerMinute,
        role_ids: roleIds,
        query: JSON.stringify(query),
      })
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'data_service_key')) throw new Refusal('names.taken');
    throw error;
  }
}

export async function updateDataService(
  tx: Tx,
  account: string,
  {
    id,
    body: { key: _key, requestsPerMinute, roleIds, query, ...body },
  }: { id: string; body: DataServiceConfiguration },
): Promise<void> {
  await tx.sql
    .updateTable('data_service')
    .set({
      ...body,
      requests_per_minute: requestsPerMinute,
      role_ids: roleIds,
      query: JSON.stringify(query),
    })
    .where('account_id', '=', account)
    .where('id', '=', id)
    .execute();
}

function servicesOf(tx: ReadTx, account: string) {
  return tx.sql.selectFrom('data_service').select(columns).where('account_id', '=', account);
}
