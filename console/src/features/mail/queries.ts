import { listForwardings } from '@samtal/contract/mail';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';

/** To whom a conversation was forwarded. Asked again soon while something is on its way. */
export function forwardingsQuery(accountId: string, conversationId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'forwardings', conversationId],
    queryFn: () => call(listForwardings, { params: { accountId, conversationId } }),
    staleTime: 30_000,
    refetchInterval: ({ state }) =>
      state.data?.items.some((item) => item.state === 'queued') === true ? 2_000 : false,
  });
}
