import {
  listGrants,
  listHeld,
  listHolders,
  listRoles,
  type Authorisation,
  type Role,
} from '@samtal/contract/access';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';

export function rolesQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'roles'],
    queryFn: async () => (await call(listRoles, { params: { accountId } })).items,
  });
}

export function grantsQuery(accountId: string, userId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'grants', userId],
    queryFn: async () => (await call(listGrants, { params: { accountId }, query: { userId } })).items,
  });
}

export function heldQuery(accountId: string, userId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'held', userId],
    queryFn: async () => (await call(listHeld, { params: { accountId, userId } })).items,
  });
}

export function holdersQuery(accountId: string, authorisation: Authorisation) {
  return queryOptions({
    queryKey: ['account', accountId, 'holders', authorisation],
    queryFn: async () => (await call(listHolders, { params: { accountId, authorisation } })).items,
  });
}

export function useRoles() {
  const account = useAccount();
  return useQuery({ ...rolesQuery(account.id), enabled: account.can('access.read') });
}

/** Built-in roles are named in the user’s language, the account’s own as they were written. */
export function useRoleName(): (role: Pick<Role, 'name' | 'builtIn'>) => string {
  const { t, has } = useText();
  return ({ name, builtIn }) => {
    const key = `role.${builtIn ?? ''}`;
    return has(key) ? t(key) : name;
  };
}
