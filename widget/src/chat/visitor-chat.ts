import { streamName, type StreamName } from '@samtal/contract/conversations/streams';
import type { Entry, Score } from '@samtal/contract/conversations';
import { Link, type ConnectionState, type Socket } from '@samtal/contract/realtime/link';
import { realtime } from '@samtal/contract/realtime/protocol';
import {
  emptyThread,
  lastSeq,
  nextRedaction,
  withEntries,
  withoutPastNumbers,
  type PendingPost,
  type Thread,
} from '@samtal/contract/realtime/thread';
import type { VisitorConversation } from '@samtal/contract/widget';
import type { Attributes, Shown, Tickets } from '../frame.ts';
import type { Drawer, OpeningPost, Remembered, RememberedTab } from '../storage.ts';
import { Refused, type Api } from './api.ts';
import { deliverOpening } from './deliver-opening.ts';
import { factsOf } from './facts.ts';
import { Identity } from './identity.ts';
import { newId } from './new-id.ts';
import type { StoredOutbox } from './outbox.ts';
import { Pause } from './pause.ts';
import { Showing } from './showing.ts';
import { forgetMs, TypingSignal } from './typing.ts';
import { Uploads } from './uploads.ts';
import { emptyView, type Rating, type Unsent, type View } from './view.ts';

export interface VisitorChatOptions {
  readonly api: Api;
  readonly drawer: Drawer<Remembered>;
  /** What the page has said about the visitor; `identify` says that it has changed. */
  readonly known: Attributes;
  readonly tab: Drawer<RememberedTab>;
  readonly outbox: StoredOutbox;
  /** Aborted when the widget is removed. */
  readonly gone: AbortSignal;
  openSocket(): Socket;
  /** Runs one piece of work at a time over all tabs of the visitor. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Whether the visitor looks at the messages now. */
  isLooking(): boolean;
  onView(view: View): void;
  /** What the page shows the agent (E9). */
  readonly shown: Shown;
  readonly tickets: Tickets;
  /** Whether nobody can begin who has not signed in on the page (C9). */
  readonly needsTicket: boolean;
  /** Where the visitor is, for sites whose activity log wants it (G10); null for others. */
  page(): string | null;
  /** A message that is new since the page was loaded. */
  onMessage(by: 'visitor' | 'agent', at: string): void;
}

/** An interruption shorter than this is not worth telling. */
const tellAfterMs = 4_000;
/** An undelivered first message older than this is offered in the composer; sending it by itself would surprise. */
const staleAfterMs = 10 * 60_000;

/**
 * The visitor's side of a conversation, without its looks. Nothing is asked of the server before the visitor writes,
 * unless an earlier page left a conversation behind.
 *
 * none → opening → waiting ⇄ active → resolved → none
 */
export class VisitorChat {
  readonly #options: VisitorChatOptions;
  readonly #link: Link;
  readonly #pause = new Pause();
  readonly #signal: TypingSignal;
  readonly uploads: Uploads;
  readonly #showing: Showing;
  readonly #identity: Identity;
  /** What the connection was made with. */
  #token = '';
  #page: string | null = null;
  #view = emptyView;
  #thread: Thread | null = null;
  #conversation: VisitorConversation | null = null;
  /** First messages until the log shows them; those not delivered yet are in the drawer too. */
  #opening: readonly OpeningPost[] = [];
  #delivering = false;
  #resuming = false;
  #endedHere = false;
  #read = 0;
  /** Entries up to here were there before, or have been announced. */
  #announced = 0;
  #interruption: ReturnType<typeof setTimeout> | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #hiding: ReturnType<typeof setTimeout> | undefined;

  constructor(options: VisitorChatOptions) {
    this.#options = options;
    this.#identity = new Identity(options);
    this.uploads = new Uploads(
      options.api,
      () => options.drawer.read().token ?? '',
      () => this.#set({ uploads: this.uploads.shown }),
    );
    this.#signal = new TypingSignal((on) => {
      if (this.#thread !== null) this.#link.typing(this.#thread.stream, on);
    });
    this.#showing = new Showing({
      shown: options.shown,
      ask: (stream) => this.#link.askForShowKey(stream),
      send: (stream, sealed) => this.#link.show(stream, sealed),
    });
    this.#link = new Link({
      connect: async () => {
        this.#token = options.drawer.read().token ?? '';
        return { socket: options.openSocket(), credential: this.#token };
      },
      loadPage: (_, after) => options.api.readEntries(options.drawer.read().token ?? '', after),
      outbox: options.outbox,
      listener: {
        onState: (state) => this.#showConnection(state),
        onThread: (thread) => this.#show(thread),
        onReceipts: (stream, { visitorRead, agentRead }) => {
          if (stream !== this.#thread?.stream) return;
          this.#read = Math.max(this.#read, visitorRead);
          this.#set({ agentRead });
        },
        onTyping: (stream, actor, name, on) => {
          if (stream === this.#thread?.stream && actor === 'agent')
            this.#showTyping(on ? (name ?? '') : null);
        },
        onPlace: (stream, ahead) => {
          if (stream === this.#thread?.stream) this.#set({ ahead });
        },
        onSubbed: (stream) => {
          this.#page = null;
          this.turnPage();
          if (this.#view.state !== 'resolved') this.#showing.begin(stream);
        },
        onShowKey: (stream, key) => this.#showing.useKey(stream, key),
        onGone: () => void this.#tokenRefused(),
        onRefused: () => void this.#tokenRefused(),
      },
      backoffCapMs: realtime.backoff.visitorCapMs,
      newId,
    });
    options.gone.addEventListener('abort', () => this.#stop());
  }

  get view(): View {
    return this.#view;
  }

  /** Takes up what an earlier page, or another tab, left behind. Call again when storage has changed. */
  async takeUp(): Promise<void> {
    const { drawer, tab } = this.#options;
    if (drawer.read().over === true && tab.read().open !== true) this.#putAside();
    const { opening = [], ongoing } = drawer.read();
    const stale = opening.filter((post) => Date.now() - post.writtenAt > staleAfterMs);
    if (stale.length > 0) {
      const left = opening.filter((post) => !stale.includes(post));
      drawer.write({ opening: left.length === 0 ? undefined : left });
      this.#returnToDraft(stale.map((post) => post.text));
    }
    const known = new Set(this.#opening.map((post) => post.cid));
    const news = opening.filter((post) => !stale.includes(post) && !known.has(post.cid));
    this.#opening = [...this.#opening, ...news];
    if (ongoing !== undefined && ongoing !== this.#conversation?.id) await this.#resume();
    if (news.length > 0) await this.#open();
    this.#set(this.#isShut() ? { trouble: 'signIn' } : {});
  }

  /** The page says that somebody is signed in there, or nobody any more. A conversation that is open is told at once. */
  async authenticate(): Promise<void> {
    this.#identity.forget();
    if (this.#isShut()) return this.#set({ trouble: 'signIn' });
    if (this.#view.trouble === 'signIn') this.#set({ trouble: null });
    if (this.#conversation === null || this.#view.state === 'resolved') return;
    if (!(await this.#prove())) return;
    this.#link.stop();
    await this.#link.start();
  }

  /** Whether the page has to say first who its visitor is. */
  #isShut(): boolean {
    const { needsTicket, tickets } = this.#options;
    return needsTicket && tickets.source === null && this.#view.state === 'none';
  }

  /** Says who the visitor is, where the page can. False where it could not: then what there is may be somebody else's. */
  async #prove(): Promise<boolean> {
    const { gone, alone } = this.#options;
    for (let failures = 0; !gone.aborted && this.#identity.open; failures += 1) {
      try {
        await alone(async () => await this.#identity.prove());
      } catch (error) {
        if (error instanceof Refused && !error.passes && !error.sessionEnded) {
          this.#set({ trouble: 'signIn' });
          return false;
        }
        if (failures > 0) this.#set({ interrupted: true });
        await this.#pause.beforeRetry(failures);
      }
    }
    return !gone.aborted;
  }

  /** The session is over, unless it has another token by now: a ticket was redeemed, here or in another tab. */
  async #tokenRefused(): Promise<void> {
    const used = this.#token;
    // Whoever redeems one has kept the new token when this runs.
    await this.#options.alone(async () => undefined).catch(() => undefined);
    if (this.#options.gone.aborted) return;
    const { token, ongoing } = this.#options.drawer.read();
    if (token === undefined || token === used || ongoing !== this.#conversation?.id)
      return await this.#sessionEnded();
    this.#link.stop();
    if (this.#thread !== null) this.#link.follow(this.#thread.stream);
    await this.#link.start();
  }

  send(text: string): void {
    if (this.#view.state === 'resolved') this.startNew();
    this.#signal.stop();
    if (this.#thread !== null && this.#undelivered().length === 0) {
      this.#link.post(this.#thread.stream, 'message', text);
      return;
    }
    const { drawer } = this.#options;
    const post = { cid: newId(), text, writtenAt: Date.now() };
    this.#opening = [...this.#opening, post];
    drawer.write({ opening: [...(drawer.read().opening ?? []), post] });
    this.#set({});
    void this.#open();
  }

  /** Sends a message that was refused once more, as a new one. */
  retry(cid: string): void {
    const post = this.#thread?.pending.find((post) => post.cid === cid);
    if (post === undefined) return;
    this.#link.discard(post);
    this.send(post.text);
  }

  discard(cid: string): void {
    const post = this.#thread?.pending.find((post) => post.cid === cid);
    if (post !== undefined) this.#link.discard(post);
  }

  /** Tells the open conversation what the page has said about the visitor. Without one, the next first message does. */
  async identify(): Promise<void> {
    const { api, drawer, known, gone } = this.#options;
    const isOpen = (): boolean =>
      !gone.aborted && this.#conversation !== null && this.#view.state !== 'resolved';
    for (let failures = 0; isOpen() && Object.keys(known).length > 0; failures += 1) {
      try {
        return await api.identify(drawer.read().token ?? '', known);
      } catch (error) {
        if (error instanceof Refused && !error.passes) return;
        await this.#pause.beforeRetry(failures);
      }
    }
  }

  typed(): void {
    this.#signal.typed();
  }

  /** The page shows the agent something else than before. */
  showToAgent(): void {
    this.#showing.change();
  }

  /** The visitor may be on another page than before. */
  turnPage(): void {
    const page = this.#options.page();
    if (page === null || page === this.#page || this.#thread === null) return;
    this.#page = page;
    this.#link.visited(page);
  }

  /** The visitor ends the conversation. */
  async end(): Promise<void> {
    const { token } = this.#options.drawer.read();
    if (token === undefined) return;
    let rating: View['rating'] = null;
    try {
      rating = ratingIn(await this.#options.api.endConversation(token));
    } catch (error) {
      if (error instanceof Refused && error.sessionEnded) return this.#sessionEnded();
      const overAlready = error instanceof Refused && (error.status === 404 || error.status === 409);
      if (!overAlready) return this.#set({ trouble: 'end' });
    }
    this.#endedHere = true;
    this.#set({ state: 'resolved', ending: 'visitor', rating, trouble: null });
    this.look();
  }

  /** The visitor says how it went. While one answer is on its way the newest waits, and none between is sent. */
  async rate(score: Score): Promise<void> {
    const conversation = this.#conversation;
    const before = this.#view.rating;
    if (conversation === null || before === null) return;
    this.#set({ rating: { score, outcome: 'sending' } });
    if (before.outcome === 'sending') return;
    let saved = before.score;
    let outcome: Rating['outcome'] = 'thanks';
    try {
      while (this.#conversation === conversation) {
        const wished = this.#view.rating?.score ?? saved;
        if (wished === null || wished === saved) break;
        await this.#options.api.rate(this.#tokenFor(conversation.id), conversation.id, wished);
        saved = wished;
      }
    } catch (error) {
      outcome = error instanceof Refused && !error.passes ? 'closed' : 'failed';
    }
    if (this.#conversation === conversation) this.#set({ rating: { score: saved, outcome } });
  }

  /** Of the session that the conversation was in, also when it has ended and another page has begun a new one. */
  #tokenFor(conversationId: string): string {
    const { token, ongoing } = this.#options.drawer.read();
    return ongoing === conversationId && token !== undefined ? token : this.#token;
  }

  /** Puts an ended conversation aside. */
  startNew(): void {
    this.#putAside();
    this.#leave();
    this.#set({ ...emptyView, returned: this.#view.returned });
  }

  /** The visitor may look at the messages now, or no longer. */
  look(): void {
    const thread = this.#thread;
    if (thread === null) return;
    const last = lastSeq(thread);
    if (this.#options.isLooking() && last > this.#read) {
      this.#read = last;
      this.#options.drawer.write({ read: last });
    }
    if (last > 0) this.#link.seen(thread.stream, last, this.#read);
    this.#set({});
    if (this.#view.state === 'resolved' && thread.pending.length === 0 && this.#read >= last) {
      // The end has been seen: later pages need not fetch the chat for it, unless the panel is still open there.
      if (this.#options.drawer.read().token !== undefined) this.#options.drawer.write({ over: true });
      this.#link.stop();
      void this.#options.outbox.clear();
    }
  }

  #putAside(): void {
    const { drawer } = this.#options;
    const { ongoing = this.#conversation?.id, done } = drawer.read();
    drawer.write({ done: ongoing ?? done, ongoing: undefined, over: undefined, read: undefined });
  }

  /** There is reason to hope for a connection. */
  wake(): void {
    this.#pause.wake();
    this.#link.reconnectNow();
  }

  async endSession(): Promise<void> {
    const { token } = this.#options.drawer.read();
    if (token === undefined) return;
    try {
      await this.#options.api.endSession(token);
    } catch (error) {
      if (!(error instanceof Refused && error.sessionEnded)) throw error;
    }
  }

  async #resume(): Promise<void> {
    if (this.#resuming) return;
    this.#resuming = true;
    this.#set({ loading: true });
    if (await this.#prove()) await this.#fetchConversation();
    this.#resuming = false;
    this.#set({ loading: false });
  }

  async #fetchConversation(): Promise<void> {
    const { api, drawer, gone } = this.#options;
    for (let failures = 0; !gone.aborted; failures += 1) {
      const { token = '', done } = drawer.read();
      try {
        const { conversation } = await api.getConversation(token);
        this.#set({ trouble: null, interrupted: false });
        if (conversation !== null && conversation.id !== done)
          return await this.#enter(conversation, 'earlier');
        return drawer.write({ ongoing: undefined });
      } catch (error) {
        // That a session ends after the conversation is nothing to tell.
        if (error instanceof Refused && error.sessionEnded && drawer.read().over === true)
          return drawer.clear();
        if (error instanceof Refused && error.sessionEnded) return this.#sessionEnded();
        if (error instanceof Refused && !error.passes) return drawer.write({ ongoing: undefined });
        if (failures > 0) this.#set({ interrupted: true });
        await this.#pause.beforeRetry(failures);
      }
    }
  }

  async #open(): Promise<void> {
    if (this.#delivering) return;
    this.#delivering = true;
    const { api, drawer, known, gone, alone } = this.#options;
    const identity = this.#identity;
    try {
      const onTrouble = (trouble: View['trouble']): void => this.#set({ trouble });
      const work = () =>
        deliverOpening({ api, drawer, known, identity, pause: this.#pause, gone, onTrouble });
      const conversation = await alone(work);
      if (gone.aborted) return;
      if (conversation !== null) await this.#enter(conversation, 'new');
      // Another tab may have delivered it.
      else if (drawer.read().ongoing !== this.#conversation?.id) await this.#resume();
    } catch (error) {
      if (!gone.aborted) this.#openingRefused(error);
    } finally {
      this.#delivering = false;
    }
  }

  #openingRefused(error: unknown): void {
    if (!(error instanceof Refused)) throw error;
    const undelivered = this.#undelivered();
    this.#options.drawer.write({ opening: undefined });
    this.#opening = this.#opening.filter((post) => !undelivered.includes(post));
    this.#returnToDraft(undelivered.map((post) => post.text));
    this.#set({ trouble: error.wantsSignIn ? 'signIn' : 'refused' });
  }

  async #enter(conversation: VisitorConversation, known: 'earlier' | 'new'): Promise<void> {
    if (this.#conversation?.id === conversation.id) return;
    const stream = streamName(conversation.id, 'public');
    // A conversation that is over needs no socket.
    const whole = conversation.state === 'resolved' ? await this.#readAll(stream) : null;
    this.#leave();
    const { drawer } = this.#options;
    const remembered = drawer.read();
    this.#conversation = conversation;
    this.#read = remembered.ongoing === conversation.id ? (remembered.read ?? 0) : 0;
    this.#announced = known === 'earlier' ? conversation.public.head : 0;
    const over = conversation.state === 'resolved' ? remembered.over : undefined;
    drawer.write({ ongoing: conversation.id, over });
    this.#thread = emptyThread(stream);
    const { state, caseId, agentName } = conversation;
    this.#set({ state, caseId, agentName, rating: ratingIn(conversation) });
    if (whole !== null) return this.#showEnded(whole);
    if (known === 'earlier') void this.identify();
    this.#link.follow(stream);
    await this.#link.start();
  }

  async #readAll(stream: StreamName): Promise<Thread> {
    const { api, drawer } = this.#options;
    for (let thread = emptyThread(stream); ;) {
      const page = await api.readEntries(drawer.read().token ?? '', lastSeq(thread));
      const grown = withEntries(thread, page.entries).thread;
      if (grown === thread || lastSeq(grown) >= page.head) return grown;
      thread = grown;
    }
  }

  /** It ended while this browser was away: what did not reach it goes back to the composer. */
  async #showEnded(thread: Thread): Promise<void> {
    const { outbox } = this.#options;
    const unsent = await outbox.load();
    for (const post of unsent) await outbox.remove(post.cid);
    this.#returnToDraft(unsent.map((post) => post.text));
    this.#show(thread);
  }

  #leave(): void {
    this.#showing.end();
    if (this.#thread !== null) this.#link.unfollow(this.#thread.stream);
    this.#link.stop();
    this.#thread = null;
    this.#conversation = null;
    this.#endedHere = false;
    this.#read = 0;
    this.#announced = 0;
    this.uploads.clear();
    this.#showTyping(null);
  }

  /** Refuses as the server does. */
  async openFile(mediaId: string): Promise<Blob> {
    const { api, drawer } = this.#options;
    return await api.openFile(drawer.read().token ?? '', mediaId);
  }

  #show(thread: Thread): void {
    if (thread.stream !== this.#thread?.stream) return;
    this.#thread = thread;
    this.#opening = this.#opening.filter((post) => !thread.entries.some((entry) => entry.cid === post.cid));
    const facts = factsOf(thread.entries);
    const resolved = this.#endedHere || facts.state === 'resolved';
    if (thread.entries.length > 0) {
      const { agentName, state, ending, endingText } = facts;
      // Of a conversation that was over when this page began, the server has said whether it can still be rated.
      const asks = facts.asksRating && this.#conversation?.state !== 'resolved';
      const rating = this.#view.rating ?? (asks ? unrated : null);
      this.#set(
        resolved
          ? { state: 'resolved', ending: ending ?? 'visitor', endingText, rating }
          : { state, agentName },
      );
    }
    this.uploads.settle(new Set(thread.entries.map((entry) => entry.cid)));
    if (resolved) this.#showing.forget();
    this.#hideNumbers(resolved ? 'over' : 'open');
    this.#announce(thread.entries);
    const refused = resolved ? thread.pending.filter((post) => post.refused !== null) : [];
    if (refused.length > 0) return this.#takeBack(refused);
    this.look();
  }

  /** Of a conversation that is over nothing more is heard: numbers are hidden here when their time has come (G2). */
  #hideNumbers(state: 'open' | 'over'): void {
    clearTimeout(this.#hiding);
    if (this.#thread === null) return;
    this.#thread = withoutPastNumbers(this.#thread, Date.now(), state);
    this.#set({});
    const next = nextRedaction(this.#thread);
    if (next !== null) this.#hiding = setTimeout(() => this.#hideNumbers(state), next - Date.now());
  }

  /** What was refused because the conversation is over goes back to the composer. */
  #takeBack(refused: readonly PendingPost[]): void {
    this.#returnToDraft(refused.map((post) => post.text));
    for (const post of refused) this.#link.discard(post);
  }

  #announce(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.seq <= this.#announced) continue;
      this.#announced = entry.seq;
      if ((entry.kind !== 'message' && entry.kind !== 'file') || entry.actor.kind === 'system') continue;
      if (entry.actor.kind === 'agent') this.#showTyping(null);
      this.#options.onMessage(entry.actor.kind, entry.at);
    }
  }

  /** The session is over: what was not sent goes back to the composer, and the visitor can start anew. */
  async #sessionEnded(): Promise<void> {
    const { outbox, drawer } = this.#options;
    this.#link.stop();
    this.#identity.forget();
    const unsent = [...this.#undelivered(), ...(await outbox.load())];
    await outbox.clear();
    drawer.clear();
    this.#opening = [];
    this.#thread = this.#thread === null ? null : { ...this.#thread, pending: [] };
    this.#hideNumbers('over');
    this.#returnToDraft(unsent.map((post) => post.text));
    const { ending } = this.#view;
    this.#set({ state: 'resolved', ending: ending ?? 'session-ended', trouble: null, interrupted: false });
  }

  #returnToDraft(texts: readonly string[]): void {
    if (texts.length === 0) return;
    const { tab } = this.#options;
    const draft = [...texts, tab.read().draft ?? ''].filter((text) => text !== '').join('\n');
    tab.write({ draft });
    this.#set({ returned: this.#view.returned + 1 });
  }

  #undelivered(): OpeningPost[] {
    const stored = new Set((this.#options.drawer.read().opening ?? []).map((post) => post.cid));
    return this.#opening.filter((post) => stored.has(post.cid));
  }

  #showConnection(state: ConnectionState): void {
    if (state === 'online' || state === 'stopped') {
      clearTimeout(this.#interruption);
      this.#interruption = undefined;
      return this.#set({ connected: state === 'online', interrupted: false });
    }
    this.#set({ connected: false });
    this.#interruption ??= setTimeout(() => this.#set({ interrupted: true }), tellAfterMs);
  }

  #showTyping(typing: string | null): void {
    clearTimeout(this.#typing);
    if (typing !== null) this.#typing = setTimeout(() => this.#set({ typing: null }), forgetMs);
    if (typing !== this.#view.typing) this.#set({ typing });
  }

  #set(change: Partial<View>): void {
    if (this.#options.gone.aborted) return;
    const entries = this.#thread?.entries ?? this.#view.entries;
    const unsent = this.#unsent(entries);
    const state = change.state ?? this.#view.state;
    this.#view = {
      ...this.#view,
      ...change,
      entries: change.entries ?? entries,
      unsent,
      state:
        state === 'none' && unsent.length > 0
          ? 'opening'
          : state === 'opening' && unsent.length === 0
            ? 'none'
            : state,
      unread: entries.filter(
        ({ kind, actor, seq }) =>
          (kind === 'message' || kind === 'file') && actor.kind === 'agent' && seq > this.#read,
      ).length,
    };
    this.#options.onView(this.#view);
  }

  #unsent(entries: readonly Entry[]): Unsent[] {
    const shown = new Set(entries.map((entry) => entry.cid));
    const opening = this.#opening
      .filter((post) => !shown.has(post.cid))
      .map((post) => ({ ...post, failed: false }));
    const pending = (this.#thread?.pending ?? []).map((post) => ({ ...post, failed: post.refused !== null }));
    return [...opening, ...pending];
  }

  #stop(): void {
    this.#link.stop();
    this.#pause.wake();
    this.#signal.stop();
    clearTimeout(this.#interruption);
    clearTimeout(this.#typing);
    clearTimeout(this.#hiding);
  }
}

const unrated: Rating = { score: null, outcome: 'none' };

function ratingIn({ rating }: VisitorConversation): View['rating'] {
  return rating === null ? null : { ...unrated, score: rating.score };
}
