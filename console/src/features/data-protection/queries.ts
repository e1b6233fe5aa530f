import { getDataProtectionRecord } from '@samtal/contract/data-protection';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';

/** Generated anew each time somebody looks: it says how things are now. */
export function recordQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'data-protection'],
    queryFn: async () => await call(getDataProtectionRecord, { params: { accountId } }),
    staleTime: 0,
  });
}
