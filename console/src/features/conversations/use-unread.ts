import { streamName, type Conversation } from '@samtal/contract/conversations';
import { useMemo, useSyncExternalStore } from 'react';
import { useLive, useThread } from '../realtime/index.ts';
import { unreadCount } from './unread.ts';
import { useKnownReceipts } from './use-transcript.ts';

/** How many messages of the visitor nobody on the agents’ side has read. */
export function useUnread(conversation: Conversation): number {
  const thread = useThread(streamName(conversation.id, 'public'));
  const { agentRead } = useKnownReceipts(conversation);
  return useMemo(() => unreadCount(thread?.entries ?? [], agentRead), [thread, agentRead]);
}

/** The same for all of the user’s conversations together. */
export function useUnreadTotal(mine: readonly Conversation[]): number {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, () =>
    mine.reduce((total, conversation) => {
      const stream = streamName(conversation.id, 'public');
      const agentRead = Math.max(conversation.agentRead, live.receipts(stream)?.agentRead ?? 0);
      return total + unreadCount(live.thread(stream)?.entries ?? [], agentRead);
    }, 0),
  );
}
