import { configurationRoute } from '@samtal/contract/widget/routes';
import type { WidgetConfiguration } from '@samtal/contract/widget';
import { shownValues } from '@samtal/contract/session-data/shown-values';
import type { Attributes, Chat, ChatModule, Frame, Samtal, SamtalEvents, Shown, Tickets } from './frame.ts';
import { drawLauncher } from './launcher.ts';
import { forgetVisitor, tabDrawer, visitorDrawer } from './storage.ts';

/** The path of the chat module, put in by the build. */
declare const CHAT_FILE: string;

declare global {
  interface Window {
    Samtal?: Samtal | undefined;
  }
}

/** Runs the widget until it is removed. `host` is the origin that served this script. */
function begin(host: string, siteKey: string): Samtal {
  const end = new AbortController();
  const gone = end.signal;
  const drawer = visitorDrawer(siteKey);
  const listeners = new Map<keyof SamtalEvents, Set<(told: never) => void>>();
  const known: Attributes = {};
  let attempts = 0;
  let loading: Promise<Chat | null> | null = null;
  let module: Promise<ChatModule> | null = null;
  const shown: Shown = { values: null };
  const tickets: Tickets = { source: null };

  const tell: Frame['tell'] = (name, told) => {
    // One listener's failure is the page's own affair: it is reported there, and the others still hear.
    for (const listener of listeners.get(name) ?? []) queueMicrotask(() => listener(told as never));
  };

  /** Fetches the chat without starting it. A failed import is remembered by browsers, so each try has its own address. */
  const fetchChat = (): Promise<ChatModule> => {
    module ??= import(
      /* @vite-ignore */ `${host}${CHAT_FILE}${attempts > 0 ? `?${attempts}` : ''}`
    ) as Promise<ChatModule>;
    return module;
  };

  const drawn = draw().catch((reason: unknown) => {
    if (!gone.aborted) warn('the chat is not available', reason);
    return null;
  });

  async function draw(): Promise<Frame | null> {
    const configuration = await fetchConfiguration(host, siteKey, gone);
    await pageIsIdle();
    if (gone.aborted) return null;
    const { element, root, box, button, showUnread } = drawLauncher(configuration);
    keepInPage(element, gone);
    const prefetch = (): void => void fetchChat().catch(forgetAttempt);
    button.addEventListener('pointerenter', prefetch, { once: true });
    button.addEventListener('focus', prefetch, { once: true });
    button.addEventListener(
      'click',
      () => void withChat((chat) => (chat.isOpen ? chat.close() : chat.open())),
    );
    if (isTalking() || tabDrawer(siteKey).read().open === true)
      void Promise.resolve().then(() => startChat());
    return {
      host,
      siteKey,
      configuration,
      root,
      box,
      launcher: button,
      drawer,
      known,
      shown,
      tickets,
      gone,
      tell,
      showUnread,
    };
  }

  function forgetAttempt(): void {
    attempts += 1;
    module = loading = null;
  }

  async function mount(): Promise<Chat | null> {
    const frame = await drawn;
    if (frame === null) return null;
    frame.launcher.ariaBusy = 'true';
    try {
      const { mountChat } = await fetchChat();
      return gone.aborted ? null : mountChat(frame);
    } catch (reason) {
      forgetAttempt();
      warn('the chat is not available', reason);
      return null;
    } finally {
      frame.launcher.ariaBusy = null;
    }
  }

  function startChat(): Promise<Chat | null> {
    loading ??= mount();
    return loading;
  }

  async function withChat(use: (chat: Chat) => void): Promise<void> {
    const chat = await startChat();
    if (chat !== null && !gone.aborted) use(chat);
  }

  /** Whether an earlier page left a conversation that goes on, or a message that is not delivered. */
  function isTalking(): boolean {
    const { ongoing, over, opening } = drawer.read();
    return opening !== undefined || (ongoing !== undefined && over === undefined);
  }

  async function identify(attributes: Parameters<Samtal['identify']>[0]): Promise<void> {
    const declared = (await drawn)?.configuration.attributes ?? [];
    for (const [key, value] of Object.entries(attributes)) {
      if (declared.includes(key)) known[key] = value === null ? null : String(value);
      else if (!gone.aborted) warn(`the attribute ${key} is not declared, so it is not sent`);
    }
    if (loading !== null) await withChat((chat) => chat.identify());
  }

  function remove(options?: { forget?: boolean }): void {
    end.abort();
    if (window.Samtal === samtal) delete window.Samtal;
    if (options?.forget === true || !isTalking()) forgetVisitor(siteKey);
  }

  const samtal: Samtal = {
    open: () => void withChat((chat) => chat.open()),
    close: () => {
      if (loading !== null) void withChat((chat) => chat.close());
    },
    identify: (attributes) => void identify(attributes),
    authenticate(source) {
      tickets.source = source;
      if (loading !== null) void withChat((chat) => chat.authenticate());
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => void set.delete(listener);
    },
    async showToAgent(values) {
      const fitting = shownValues(values);
      // Browsers have cryptography in secure contexts only (https).
      if ((await drawn)?.configuration.showsSessionData !== true || fitting === null || !isSecureContext)
        return false;
      shown.values = fitting;
      if (loading !== null) await withChat((chat) => chat.showToAgent());
      return true;
    },
    remove,
    async shutdown() {
      if (drawer.read().token !== undefined) await (await startChat())?.endSession();
      remove({ forget: true });
    },
  };
  return samtal;
}

async function fetchConfiguration(
  host: string,
  siteKey: string,
  signal: AbortSignal,
): Promise<WidgetConfiguration> {
  const language = document.documentElement.lang || navigator.language;
  const locale = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i.test(language) ? `?locale=${language}` : '';
  const path = configurationRoute.path.replace('{siteKey}', encodeURIComponent(siteKey));
  const response = await fetch(`${host}/api/v1${path}${locale}`, { credentials: 'omit', signal });
  if (!response.ok) throw new Error(`the server answered ${response.status}; is this site's origin allowed?`);
  return (await response.json()) as WidgetConfiguration;
}

/** Until the page has a body and nothing better to do. */
async function pageIsIdle(): Promise<void> {
  if (document.readyState === 'loading') {
    await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
  }
  await new Promise<unknown>((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(resolve, { timeout: 2_000 });
    else setTimeout(resolve, 100);
  });
}

/** Puts the element into the body, and back when a single-page application exchanges the body under it. */
function keepInPage(element: HTMLElement, gone: AbortSignal): void {
  const attach = (): void => {
    if (gone.aborted || element.isConnected) return;
    document.body.append(element);
    // In the top layer nothing of the page's can move, cover or fade it: no transform, no z-index, no opacity.
    element.popover = 'manual';
    if ('showPopover' in element) element.showPopover();
    observer.observe(document.body, { childList: true });
  };
  // Later rather than at once, so that a page which insists on its absence is not held up.
  const observer = new MutationObserver(() => {
    if (!element.isConnected) setTimeout(attach, 100);
  });
  observer.observe(document.documentElement, { childList: true });
  attach();
  gone.addEventListener('abort', () => {
    observer.disconnect();
    element.remove();
  });
}

function warn(...what: unknown[]): void {
  // oxlint-disable-next-line no-console -- the page's developer has no other place to learn why nothing shows
  console.warn('Samtal:', ...what);
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement && window.Samtal === undefined) {
  window.Samtal = begin(new URL(script.src).origin, script.dataset['site'] ?? '');
  window.dispatchEvent(new Event('samtal:ready'));
}
