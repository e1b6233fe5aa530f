import { getSelfCheck } from '@samtal/contract/self-check';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';

/** Looked at anew each time: it says how things are now. */
export function selfCheckQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'self-check'],
    queryFn: async () => await call(getSelfCheck, { params: { accountId } }),
    staleTime: 0,
  });
}
