import {
  findConversations,
  getConversation,
  listMyConversations,
  listWaitingConversations,
  readEntries,
  type Audience,
  type Entry,
} from '@samtal/contract/conversations';
import type { QueryOf } from '@samtal/contract/endpoint';
import { infiniteQueryOptions, queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { useAccount } from '../accounts/index.ts';

/** Lists are told of changes over the socket; this is for when such a hint was lost. */
const refetchInterval = 30_000;

export function conversationsKey(accountId: string) {
  return ['account', accountId, 'conversations'] as const;
}

export function mineQuery(accountId: string) {
  return queryOptions({
    queryKey: [...conversationsKey(accountId), 'mine'],
    queryFn: async () => (await call(listMyConversations, { params: { accountId } })).items,
    refetchInterval,
  });
}

export function waitingQuery(accountId: string) {
  return queryOptions({
    queryKey: [...conversationsKey(accountId), 'waiting'],
    queryFn: async () => (await call(listWaitingConversations, { params: { accountId } })).items,
    refetchInterval,
  });
}

export function conversationQuery(accountId: string, conversationId: string) {
  return queryOptions({
    queryKey: [...conversationsKey(accountId), 'one', conversationId],
    queryFn: () => call(getConversation, { params: { accountId, conversationId } }),
    refetchInterval,
  });
}

export type FindFilter = Omit<NonNullable<QueryOf<typeof findConversations>>, 'cursor' | 'limit'>;

export function findQuery(accountId: string, filter: FindFilter) {
  return infiniteQueryOptions({
    queryKey: [...conversationsKey(accountId), 'find', filter],
    queryFn: ({ pageParam }) =>
      call(findConversations, {
        params: { accountId },
        query: { ...filter, limit: 25, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
}

/** A whole stream over HTTP, for conversations that are not followed live. */
export function entriesQuery(accountId: string, conversationId: string, audience: Audience) {
  return queryOptions({
    queryKey: [...conversationsKey(accountId), 'entries', conversationId, audience],
    queryFn: async () => {
      const entries: Entry[] = [];
      for (;;) {
        const after = entries.at(-1)?.seq ?? 0;
        const page = await call(readEntries, {
          params: { accountId, conversationId },
          query: { audience, after, limit: 500 },
        });
        entries.push(...page.entries);
        if (page.entries.length === 0 || (entries.at(-1)?.seq ?? 0) >= page.head) return entries;
      }
    },
  });
}

/** The conversations that the user has or is offered. */
export function useMine() {
  const account = useAccount();
  return useQuery({ ...mineQuery(account.id), enabled: account.can('conversations.handle') });
}

export function useWaiting() {
  const account = useAccount();
  return useQuery({ ...waitingQuery(account.id), enabled: account.can('conversations.take') });
}
