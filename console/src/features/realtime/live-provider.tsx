import type { StreamName } from '@samtal/contract/conversations';
import type { ConnectionState, Receipts, Thread } from '@samtal/contract/realtime';
import { createContext, use, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { useNow } from '../../ui/index.ts';
import { Live, type LiveCallbacks, type Typing } from './live.ts';

const LiveContext = createContext<Live | null>(null);

interface LiveProviderProps extends LiveCallbacks {
  accountId: string;
  /** Whether the user has anything to do with conversations; without, nothing is connected. */
  connects: boolean;
  children: ReactNode;
}

/** Keeps one live connection for the account as long as it is drawn, whichever page is shown. */
export function LiveProvider({ accountId, onChanged, onSignedOut, connects, children }: LiveProviderProps) {
  const live = useMemo(() => new Live(accountId), [accountId]);
  useEffect(() => live.tells({ onChanged, onSignedOut }), [live, onChanged, onSignedOut]);

  useEffect(() => {
    if (!connects) return;
    const hope = () => {
      if (document.visibilityState === 'visible') live.reconnectNow();
    };
    const warn = (event: BeforeUnloadEvent) => {
      if (live.hasUnsent()) event.preventDefault();
    };
    live.start();
    window.addEventListener('online', hope);
    window.addEventListener('beforeunload', warn);
    document.addEventListener('visibilitychange', hope);
    return () => {
      live.stop();
      window.removeEventListener('online', hope);
      window.removeEventListener('beforeunload', warn);
      document.removeEventListener('visibilitychange', hope);
    };
  }, [live, connects]);

  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = use(LiveContext);
  if (live === null) throw new Error('useLive needs a LiveProvider above it.');
  return live;
}

export function useConnectionState(): ConnectionState {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, () => live.state);
}

export function useThread(stream: StreamName): Thread | null {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, () => live.thread(stream));
}

export function useReceipts(stream: StreamName): Receipts | null {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, () => live.receipts(stream));
}

/** The visitor’s typing, as long as it is fresh. */
export function useVisitorTyping(stream: StreamName): Typing | null {
  const live = useLive();
  const typing = useSyncExternalStore(live.subscribe, () => live.typing(stream));
  const now = useNow();
  return typing !== null && typing.until > now ? typing : null;
}
