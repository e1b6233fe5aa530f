import { listUnits, type Unit } from '@samtal/contract/units';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { useAccount } from '../accounts/index.ts';
import { branches, nameOfUnit } from './tree.ts';

export function unitsQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'units'],
    queryFn: async () => branches((await call(listUnits, { params: { accountId } })).items),
  });
}

/** The regions and teams within the user’s scope, each followed by those below it. */
export function useUnits() {
  const account = useAccount();
  return useQuery(unitsQuery(account.id));
}

/** What a unit is called, with those above it; null for none, and for one that is not to be seen. */
export function useUnitNames(): (id: string | null) => string | null {
  const units: readonly Unit[] = useUnits().data ?? [];
  return (id) => nameOfUnit(id, units);
}
