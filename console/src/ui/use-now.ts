import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function current(): number {
  if (timer === undefined) now = Date.now();
  return Math.floor(now / 1000) * 1000;
}

/** The time in whole seconds (ms since 1970); whoever uses it is drawn anew each second. One timer for all. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, current);
}
