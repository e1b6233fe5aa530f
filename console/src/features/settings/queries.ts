import { getSettings } from '@samtal/contract/settings';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { useAccount } from '../accounts/index.ts';

/** The settings of the account, or of one channel. */
export function settingsQuery(accountId: string, channelId: string | null) {
  return queryOptions({
    queryKey: ['account', accountId, 'settings', channelId],
    queryFn: () =>
      call(getSettings, { params: { accountId }, query: channelId === null ? {} : { channelId } }),
    // What is being edited does not change by itself: somebody else's change is told when this one is saved.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
}

export function useSettings(channelId: string | null) {
  return useQuery(settingsQuery(useAccount().id, channelId));
}
