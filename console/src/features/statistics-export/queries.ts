import { getExportServer, listExportAccounts } from '@samtal/contract/statistics-export';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';

export function exportAccountsQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'export-accounts'],
    queryFn: async () => (await call(listExportAccounts, { params: { accountId } })).items,
  });
}

export function exportServerQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'export-server'],
    queryFn: async () => await call(getExportServer, { params: { accountId } }),
  });
}
