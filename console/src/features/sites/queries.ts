import { listSites } from '@samtal/contract/sites';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { useAccount } from '../accounts/index.ts';

export function sitesQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'sites'],
    queryFn: async () => (await call(listSites, { params: { accountId } })).items,
  });
}

/** The web sites of the account; empty for those who may not see them. */
export function useSites() {
  const account = useAccount();
  return useQuery({ ...sitesQuery(account.id), enabled: account.can('sites.read') });
}
