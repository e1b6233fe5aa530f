import { listCannedReplies } from '@samtal/contract/canned-replies';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { useAccount } from '../accounts/index.ts';

export function cannedRepliesQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'canned-replies'],
    queryFn: async () => (await call(listCannedReplies, { params: { accountId } })).items,
    staleTime: 60_000,
  });
}

export function useCannedReplies() {
  return useQuery(cannedRepliesQuery(useAccount().id));
}
