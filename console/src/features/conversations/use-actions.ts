import {
  acceptConversation,
  declineConversation,
  resolveConversation,
  takeConversation,
  transferConversation,
  type Conversation,
} from '@samtal/contract/conversations';
import type { BodyOf } from '@samtal/contract/endpoint';
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { call } from '../../api/index.ts';
import { useAccount } from '../accounts/index.ts';
import { conversationQuery, conversationsKey, mineQuery, waitingQuery } from './queries.ts';

export type TransferTarget = BodyOf<typeof transferConversation>;

/** Everything that changes where a conversation stands. Each rejects with a `Refusal`; lists follow by themselves. */
export function useActions() {
  const account = useAccount();
  const queryClient = useQueryClient();

  return useMemo(() => {
    const params = (conversationId: string) => ({ accountId: account.id, conversationId });
    const refresh = () => queryClient.invalidateQueries({ queryKey: conversationsKey(account.id) });
    const drop = (conversationId: string, from: typeof mineQuery) =>
      queryClient.setQueryData(from(account.id).queryKey, (list) =>
        list?.filter((each) => each.id !== conversationId),
      );

    /** What the answer says is shown at once; whatever else changed is loaded. */
    const adopt = (conversation: Conversation) => {
      queryClient.setQueryData(conversationQuery(account.id, conversation.id).queryKey, conversation);
      void refresh();
      return conversation;
    };
    const addToMine = (conversation: Conversation) => {
      queryClient.setQueryData(mineQuery(account.id).queryKey, (list) => [
        ...(list ?? []).filter((each) => each.id !== conversation.id),
        conversation,
      ]);
      drop(conversation.id, waitingQuery);
      return adopt(conversation);
    };
    /** A refusal mostly means that the list on the screen is old. */
    const refreshing = async <Result>(work: Promise<Result>): Promise<Result> => {
      try {
        return await work;
      } catch (error) {
        void refresh();
        throw error;
      }
    };

    return {
      accept: async (id: string) =>
        addToMine(await refreshing(call(acceptConversation, { params: params(id) }))),
      take: async (id: string) => addToMine(await refreshing(call(takeConversation, { params: params(id) }))),
      async decline(id: string) {
        await refreshing(call(declineConversation, { params: params(id) }));
        drop(id, mineQuery);
        await refresh();
      },
      async resolve(id: string) {
        const resolved = await refreshing(call(resolveConversation, { params: params(id) }));
        drop(id, mineQuery);
        return adopt(resolved);
      },
      async transfer(id: string, target: TransferTarget) {
        const transferred = await refreshing(
          call(transferConversation, { params: params(id), body: target }),
        );
        drop(id, mineQuery);
        return adopt(transferred);
      },
    };
  }, [account.id, queryClient]);
}
