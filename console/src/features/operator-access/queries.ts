import { listOperatorAccess, listOperatorsPresent } from '@samtal/contract/operator-access';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';

/** Somebody may ask, or come in, at any time. */
const refetchInterval = 30_000;

export function operatorAccessQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'operator-access'],
    queryFn: async () => (await call(listOperatorAccess, { params: { accountId } })).items,
    refetchInterval,
  });
}

export function operatorsPresentQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'operators-present'],
    queryFn: async () => (await call(listOperatorsPresent, { params: { accountId } })).items,
    refetchInterval,
  });
}
