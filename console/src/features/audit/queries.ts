import {
  findAuditEntries,
  getAuditState,
  listAuditDestinations,
  type AuditEntry,
} from '@samtal/contract/audit';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import type { AuditFilter } from './audit-filter.ts';

/** Asked for only when somebody wants to see it: each reading is itself recorded. */
export function entriesQuery(accountId: string, filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: ['account', accountId, 'audit', 'entries', filter],
    queryFn: async ({ pageParam }): Promise<{ items: AuditEntry[]; next: string | null }> =>
      await call(findAuditEntries, {
        params: { accountId },
        query: { ...filter, limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

export function stateQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'audit', 'state'],
    queryFn: async () => await call(getAuditState, { params: { accountId } }),
  });
}

export function destinationsQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'audit', 'destinations'],
    queryFn: async () => (await call(listAuditDestinations, { params: { accountId } })).items,
    refetchInterval: 10_000,
  });
}
