import type { Page } from 'playwright-core';

/** What a script can leave behind in a page. */
export interface Traces {
  /** Names of window that were not there before. */
  readonly globals: string[];
  /** `target type`, for each listener on something that outlives the script. */
  readonly listeners: string[];
  readonly timers: string[];
  readonly observers: number;
  /** Addresses of sockets that are not closed. */
  readonly sockets: string[];
  readonly localStorage: string[];
  readonly sessionStorage: string[];
  readonly databases: string[];
  readonly styleSheets: number;
  /** Content-Security-Policy violations: directive and what was blocked. */
  readonly violations: string[];
}

interface Ledger {
  read(): Omit<Traces, 'databases'>;
}

const ledgerName = 'ledgerOfTheTest';

/** Keeps account, from the next navigation on, of what scripts of the page take into use and give back. */
export async function watchTraces(page: Page): Promise<void> {
  await page.addInitScript(keepLedger, ledgerName);
}

export async function tracesOn(page: Page): Promise<Traces> {
  return await page.evaluate(async (name) => {
    const ledger = (window as unknown as Record<string, Ledger>)[name];
    if (ledger === undefined) throw new Error('Nobody has kept account');
    const databases = (await indexedDB.databases()).map((database) => database.name ?? '');
    return { ...ledger.read(), databases };
  }, ledgerName);
}

/** Runs in the page before any script of its own. */
function keepLedger(name: string): void {
  const live = {
    listeners: new Map<string, string>(),
    timers: new Map<string, string>(),
    observers: new Set<object>(),
  };
  const sockets: WebSocket[] = [];
  const violations: string[] = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    violations.push(`${event.violatedDirective} ${event.blockedURI}`);
  });

  const ids = new WeakMap<object, number>();
  let lastId = 0;
  const idOf = (thing: object): number => {
    if (!ids.has(thing)) ids.set(thing, (lastId += 1));
    return ids.get(thing) ?? 0;
  };
  const outlives = (target: EventTarget): boolean =>
    target === window ||
    target === document ||
    target instanceof MediaQueryList ||
    target instanceof VisualViewport ||
    (target instanceof Element && ['HTML', 'HEAD', 'BODY'].includes(target.tagName));
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function add(
    this: EventTarget | undefined,
    type,
    listener,
    options,
  ) {
    const target = this ?? window;
    addEventListener.call(target, type, listener, options);
    if (listener === null || !outlives(target)) return;
    const {
      capture = false,
      once = false,
      signal,
    } = typeof options === 'object' ? options : { capture: options };
    const key = `${idOf(target)} ${type} ${idOf(listener)} ${capture}`;
    if (signal?.aborted === true) return;
    live.listeners.set(key, `${target.constructor.name} ${type}`);
    const forget = (): void => void live.listeners.delete(key);
    if (once) addEventListener.call(target, type, forget, { once: true, capture });
    if (signal !== undefined) addEventListener.call(signal, 'abort', forget, { once: true });
  };
  EventTarget.prototype.removeEventListener = function take(
    this: EventTarget | undefined,
    type,
    listener,
    options,
  ) {
    const target = this ?? window;
    removeEventListener.call(target, type, listener, options);
    if (listener === null) return;
    const capture = typeof options === 'object' ? (options.capture ?? false) : (options ?? false);
    live.listeners.delete(`${idOf(target)} ${type} ${idOf(listener)} ${capture}`);
  };

  const scope = window as unknown as Record<string, (...given: unknown[]) => unknown>;
  const follow = (begin: string, end: string, repeats: boolean): void => {
    const [really, stop] = [scope[begin]?.bind(window), scope[end]?.bind(window)];
    scope[begin] = (work, delayMs, ...others) => {
      const run = (...given: unknown[]): unknown => {
        if (!repeats) live.timers.delete(`${begin} ${String(id)}`);
        return (work as (...given: unknown[]) => unknown)(...given);
      };
      const id = really?.(run, delayMs, ...others);
      live.timers.set(`${begin} ${String(id)}`, `${begin} ${JSON.stringify(delayMs)}`);
      return id;
    };
    scope[end] = (id) => {
      live.timers.delete(`${begin} ${String(id)}`);
      return stop?.(id);
    };
  };
  follow('setTimeout', 'clearTimeout', false);
  follow('setInterval', 'clearInterval', true);
  follow('requestAnimationFrame', 'cancelAnimationFrame', false);
  follow('requestIdleCallback', 'cancelIdleCallback', false);

  for (const observer of [MutationObserver, ResizeObserver, IntersectionObserver]) {
    const { observe, disconnect } = observer.prototype as MutationObserver;
    Object.assign(observer.prototype, {
      observe(this: MutationObserver, ...given: Parameters<typeof observe>) {
        live.observers.add(this);
        return observe.apply(this, given);
      },
      disconnect(this: MutationObserver) {
        live.observers.delete(this);
        return disconnect.call(this);
      },
    });
  }
  window.WebSocket = class extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols);
      sockets.push(this);
    }
  };

  const known = new Set([...Object.getOwnPropertyNames(window), name]);
  const ledger: Ledger = {
    read: () => ({
      globals: Object.getOwnPropertyNames(window).filter((each) => !known.has(each)),
      listeners: [...live.listeners.values()],
      timers: [...live.timers.values()],
      observers: live.observers.size,
      sockets: sockets.filter((socket) => socket.readyState !== WebSocket.CLOSED).map((socket) => socket.url),
      localStorage: Object.keys(localStorage),
      sessionStorage: Object.keys(sessionStorage),
      styleSheets: document.adoptedStyleSheets.length,
      violations,
    }),
  };
  Object.defineProperty(window, name, { value: ledger, enumerable: false });
}
