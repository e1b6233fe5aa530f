import { listDeletions, listErasures, listHolds, getRetention } from '@samtal/contract/retention';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';

export function retentionQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'retention'],
    queryFn: async () => await call(getRetention, { params: { accountId } }),
    refetchInterval: 60_000,
  });
}

export function holdsQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'holds'],
    queryFn: async () => (await call(listHolds, { params: { accountId } })).items,
  });
}

export function erasuresQuery(accountId: string) {
  return infiniteQueryOptions({
    queryKey: ['account', accountId, 'erasures'],
    queryFn: async ({ pageParam }) =>
      await call(listErasures, {
        params: { accountId },
        query: { limit: 20, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
}

/** The deletion log; with a case id the deletion of that case. */
export function deletionsQuery(accountId: string, caseId: string | null) {
  return infiniteQueryOptions({
    queryKey: ['account', accountId, 'deletions', caseId],
    queryFn: async ({ pageParam }) =>
      await call(listDeletions, {
        params: { accountId },
        query: {
          limit: 25,
          ...(pageParam === null ? {} : { cursor: pageParam }),
          ...(caseId === null ? {} : { caseId }),
        },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
}
