import { streamName } from '@samtal/contract/conversations';
import { useDocumentVisibility } from '@mantine/hooks';
import { lastSeq } from '@samtal/contract/realtime';
import { useEffect } from 'react';
import { useConnectionState, useLive, useThread } from '../realtime/index.ts';

/** Says that the agent has read the conversation, whenever it stands on a visible screen. Said anew after a reconnect. */
export function useSeen(conversationId: string, isOwn: boolean): void {
  const live = useLive();
  const state = useConnectionState();
  const visible = useDocumentVisibility() === 'visible';
  const stream = streamName(conversationId, 'public');
  const thread = useThread(stream);
  const seq = thread === null ? 0 : lastSeq(thread);

  useEffect(() => {
    if (isOwn && visible && state === 'online' && seq > 0) live.seen(stream, seq);
  }, [live, stream, seq, isOwn, visible, state]);
}
