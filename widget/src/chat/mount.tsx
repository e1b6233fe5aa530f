import { render } from 'preact';
import type { Socket } from '@samtal/contract/realtime/link';
import type { Chat, Frame } from '../frame.ts';
import { keyOf, tabDrawer } from '../storage.ts';
import { apiOf } from './api.ts';
import styles from './chat.css?inline';
import { storedOutbox } from './outbox.ts';
import { Panel } from './panel.tsx';
import type { Deeds } from './shown.ts';
import { sayFrom } from './text.ts';
import { VisitorChat } from './visitor-chat.ts';

/** Draws the chat into the loader's frame, and takes up what an earlier page left behind. */
export function mountChat(frame: Frame): Chat {
  const { host, siteKey, configuration, root, box, launcher, drawer, known, gone } = frame;
  const say = sayFrom(configuration.text);
  const locale = dateLocale(configuration.locale);
  const tab = tabDrawer(siteKey);
  const outbox = storedOutbox(keyOf(siteKey));
  const phone = matchMedia('(max-width: 480px)');
  const slot = document.createElement('div');
  let isOpen = false;
  let drawing = false;
  let told: 'none' | 'waiting' | 'active' | 'resolved' = 'none';

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets.push(sheet);
  box.prepend(slot);

  const chat = new VisitorChat({
    api: apiOf(host, siteKey),
    drawer,
    known,
    tab,
    outbox,
    gone,
    openSocket: () => socketOf(host, siteKey),
    alone: aloneUnder(keyOf(siteKey), gone),
    isLooking: () => isOpen && document.visibilityState === 'visible',
    shown: frame.shown,
    tickets: frame.tickets,
    needsTicket: configuration.needsTicket,
    page: () => (configuration.reportsPages ? location.pathname.slice(0, 300) : null),
    onView: draw,
    onMessage: (by, at) => frame.tell('message', { by, at }),
  });

  const deeds: Deeds = {
    send: (text) => chat.send(text),
    typed: () => chat.typed(),
    retry: (cid) => chat.retry(cid),
    discard: (cid) => chat.discard(cid),
    end: () => chat.end(),
    rate: (score) => chat.rate(score),
    startNew() {
      chat.startNew();
      drawNow();
      focusComposer();
    },
    minimise: close,
    attach(files) {
      if (configuration.files !== null) chat.uploads.add(files, configuration.files);
    },
    retryUpload: (cid) => chat.uploads.retry(cid),
    removeUpload: (cid) => chat.uploads.remove(cid),
    openFile: (mediaId) => chat.openFile(mediaId),
    keepDraft: (draft) => tab.write({ draft: draft === '' ? undefined : draft }),
  };

  /** Several changes of one moment are drawn once. */
  function draw(): void {
    if (drawing) return;
    drawing = true;
    queueMicrotask(() => {
      if (drawing) drawNow();
    });
  }

  function drawNow(): void {
    drawing = false;
    if (gone.aborted) return;
    const { view } = chat;
    const state = view.state === 'opening' ? 'waiting' : view.state;
    if (state !== told) frame.tell('state', state);
    told = state;
    frame.showUnread(isOpen ? 0 : view.unread);
    launcher.ariaExpanded = String(isOpen);
    box.classList.toggle('open', isOpen);
    const draft = tab.read().draft ?? '';
    const mayAttach = view.state === 'waiting' || view.state === 'active';
    const files = mayAttach ? configuration.files : null;
    const shown = { view, say, locale, files, deeds, isOpen, isAlone: phone.matches, draft };
    render(<Panel {...shown} />, slot);
  }

  function focusComposer(): void {
    const target = slot.querySelector<HTMLElement>('.text') ?? slot.querySelector<HTMLElement>('.panel');
    target?.focus({ preventScroll: true });
  }

  function show(): void {
    isOpen = true;
    tab.write({ open: true });
    fitViewport();
    drawNow();
    chat.look();
    frame.tell('open', undefined);
  }

  function open(): void {
    if (!isOpen) show();
    focusComposer();
  }

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    tab.write({ open: undefined });
    drawNow();
    launcher.focus({ preventScroll: true });
    frame.tell('close', undefined);
  }

  /** On a phone the keyboard covers part of the page; the panel takes only what is left. */
  function fitViewport(): void {
    const { height = innerHeight, offsetTop = 0 } = visualViewport ?? {};
    box.style.setProperty('--room', `${height}px`);
    box.style.setProperty('--above', `${offsetTop}px`);
  }

  const until = { signal: gone };
  addEventListener('online', () => chat.wake(), until);
  addEventListener('pageshow', () => chat.wake(), until);
  addEventListener('popstate', () => chat.turnPage(), until);
  // Single-page applications go elsewhere without loading a page (Navigation API; not in every browser).
  (window as { navigation?: EventTarget }).navigation?.addEventListener(
    'navigatesuccess',
    () => chat.turnPage(),
    until,
  );
  addEventListener(
    'storage',
    (event) => {
      if (event.key === keyOf(siteKey)) void chat.takeUp();
    },
    until,
  );
  document.addEventListener(
    'visibilitychange',
    () => {
      chat.look();
      if (document.visibilityState === 'visible') chat.wake();
    },
    until,
  );
  phone.addEventListener('change', draw, until);
  visualViewport?.addEventListener('resize', fitViewport, until);
  visualViewport?.addEventListener('scroll', fitViewport, until);
  gone.addEventListener('abort', () => render(null, slot));

  drawNow();
  if (tab.read().open === true) show();
  void chat.takeUp();

  return {
    get isOpen() {
      return isOpen;
    },
    open,
    close,
    identify: () => void chat.identify(),
    authenticate: () => void chat.authenticate(),
    showToAgent: () => chat.showToAgent(),
    endSession: () => chat.endSession(),
  };
}

/** The visitor's own variety of the widget's language, for the sake of clocks and calendars. */
function dateLocale(locale: string): string {
  const language = (tag: string): string => tag.split('-')[0] ?? tag;
  return navigator.languages.find((tag) => language(tag) === language(locale)) ?? locale;
}

function socketOf(host: string, siteKey: string): Socket {
  return new WebSocket(`${host.replace(/^http/, 'ws')}/api/v1/realtime/visitor?site=${siteKey}`) as Socket;
}

/** One tab at a time. Browsers without locks (and pages without TLS) run as if there were one tab. */
function aloneUnder(name: string, gone: AbortSignal) {
  return async <Result,>(work: () => Promise<Result>): Promise<Result> => {
    const locks = (navigator as Partial<Navigator>).locks;
    return locks === undefined ? work() : await locks.request(name, { signal: gone }, work);
  };
}
