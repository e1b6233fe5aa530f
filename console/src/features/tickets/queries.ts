import { listTicketKeys } from '@samtal/contract/tickets';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';

export function ticketKeysQuery(accountId: string, siteId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'ticket-keys', siteId],
    queryFn: async () => (await call(listTicketKeys, { params: { accountId, siteId } })).items,
  });
}
