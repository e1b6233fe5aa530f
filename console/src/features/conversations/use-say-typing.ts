import { streamName } from '@samtal/contract/conversations';
import { useCallback, useEffect, useRef } from 'react';
import { useLive } from '../realtime/index.ts';

const repeatMs = 3_000;
const idleMs = 4_000;

/** Tells the visitor that the agent types: at most every three seconds, and that it stopped after four idle ones. */
export function useSayTyping(conversationId: string): (on: boolean) => void {
  const live = useLive();
  const stream = streamName(conversationId, 'public');
  const saidAt = useRef(0);
  const idle = useRef<ReturnType<typeof setTimeout>>(undefined);

  const stop = useCallback(() => {
    clearTimeout(idle.current);
    if (saidAt.current > 0) live.sayTyping(stream, false);
    saidAt.current = 0;
  }, [live, stream]);
  const go = useCallback(() => {
    clearTimeout(idle.current);
    if (Date.now() - saidAt.current > repeatMs) {
      saidAt.current = Date.now();
      live.sayTyping(stream, true);
    }
    idle.current = setTimeout(stop, idleMs);
  }, [live, stream, stop]);
  useEffect(() => stop, [stop]);
  return useCallback((on: boolean) => (on ? go() : stop()), [go, stop]);
}
