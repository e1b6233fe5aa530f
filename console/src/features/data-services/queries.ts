import {
  listDataServices,
  readDataService,
  type DataServiceParameters,
} from '@samtal/contract/data-services';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';

export function dataServicesQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'data-services'],
    queryFn: async () => (await call(listDataServices, { params: { accountId } })).items,
  });
}

/** What a service answers with to these parameters; null asks nothing. */
export function rowsQuery(
  accountId: string,
  { key, version }: { readonly key: string; readonly version: number },
  query: DataServiceParameters | null,
) {
  return queryOptions({
    queryKey: ['account', accountId, 'data-services', key, version, 'rows', query],
    queryFn: async () =>
      await call(readDataService, { params: { accountId, serviceKey: key }, query: query ?? {} }),
    enabled: query !== null,
    retry: false,
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
}
