import { streamName, type Conversation } from '@samtal/contract/conversations';
import { useEffect } from 'react';
import { useLive } from '../realtime/index.ts';

/**
 * Follows both streams of each of the user’s conversations, so that unread counts and previews are live. The one on
 * the screen stays followed after it was handed over or resolved, or its last lines would vanish under the reader.
 */
export function useFollowing(mine: readonly Conversation[] | undefined, openId: string | null): void {
  const live = useLive();
  useEffect(() => {
    if (mine === undefined) return;
    const ids = new Set(mine.map((conversation) => conversation.id));
    if (openId !== null && live.isFollowing(streamName(openId, 'public'))) ids.add(openId);
    live.follow(new Set([...ids].flatMap((id) => [streamName(id, 'public'), streamName(id, 'internal')])));
  }, [live, mine, openId]);
}
