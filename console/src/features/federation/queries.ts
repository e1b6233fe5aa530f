import { listFederatedUsers, listIdentityProviders } from '@samtal/contract/federation';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';

export function providersQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'identity-providers'],
    queryFn: async () => (await call(listIdentityProviders, { params: { accountId } })).items,
  });
}

/** Who signs in by one provider. */
export function peopleQuery(accountId: string, providerId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'identity-providers', providerId, 'users'],
    queryFn: async () => (await call(listFederatedUsers, { params: { accountId, providerId } })).items,
  });
}
