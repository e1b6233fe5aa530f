import { listApiKeys } from '@samtal/contract/api-keys';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';

export function apiKeysQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'api-keys'],
    queryFn: async () => (await call(listApiKeys, { params: { accountId } })).items,
  });
}
