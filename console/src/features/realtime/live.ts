import {
  conversationOf,
  type Entry,
  type PostedKind,
  type StreamName,
  readEntries,
  type Audience,
} from '@samtal/contract/conversations';
import {
  type ChangedList,
  createRealtimeTicket,
  lastSeq,
  Link,
  memoryOutbox,
  realtime,
  type ConnectionState,
  type PendingPost,
  type Receipts,
  type Thread,
} from '@samtal/contract/realtime';
import { call, Refusal } from '../../api/index.ts';
import { newId } from './new-id.ts';
import { openAgentSocket } from './agent-socket.ts';

/** Whom `Live` tells what is not about a stream. */
export interface LiveCallbacks {
  /** Lists that are worth loading again. */
  onChanged(lists: readonly ChangedList[]): void;
  /** The server says that nobody is signed in. */
  onSignedOut(): void;
}

/** Who types, and until when that is believed without hearing it again (ms since 1970). */
export interface Typing {
  readonly name: string | null;
  readonly until: number;
}

/** What a page of the visitor's shows, sealed; null when it shows nothing any more. */
type ShowListener = (page: string, sealed: string | null) => void;

const typingLastsMs = 6_000;
const restartAfterMs = 5_000;

/**
 * What the console knows live about the streams it follows, over one link. React reads it through the hooks of
 * `live-provider.tsx`: every value keeps its identity until it changes.
 */
export class Live {
  readonly #link: Link;
  readonly #accountId: string;
  #callbacks: LiveCallbacks | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #arrivals = new Set<(stream: StreamName, entries: readonly Entry[]) => void>();
  readonly #followed = new Set<StreamName>();
  readonly #gone = new Set<StreamName>();
  readonly #threads = new Map<StreamName, Thread>();
  readonly #receipts = new Map<StreamName, Receipts>();
  readonly #typing = new Map<StreamName, Typing>();
  /** Keys that session data is sealed to (E9), each for one view. */
  readonly #showKeys = new Map<StreamName, string>();
  readonly #showListeners = new Map<StreamName, ShowListener>();
  #restart: ReturnType<typeof setTimeout> | undefined;

  constructor(accountId: string) {
    this.#accountId = accountId;
    this.#link = new Link({
      connect: () => this.#connect(),
      loadPage: (stream, after) => loadPage(accountId, stream, after),
      outbox: memoryOutbox(),
      backoffCapMs: realtime.backoff.agentCapMs,
      newId,
      listener: {
        onState: () => this.#tell(),
        onThread: (thread) => this.#takeThread(thread),
        onReceipts: (stream, receipts) => this.#takeReceipts(stream, receipts),
        onTyping: (stream, actor, name, on) => this.#takeTyping(stream, actor, name, on),
        onSubbed: (stream) => this.#sayShowKey(stream),
        onShow: (stream, page, sealed) => this.#showListeners.get(stream)?.(page, sealed),
        onChanged: (lists) => this.#callbacks?.onChanged(lists),
        onGone: (stream) => this.#takeGone(stream),
        onRefused: (code) => this.#refused(code),
      },
    });
  }

  /** Says whom to tell from now on. */
  tells(callbacks: LiveCallbacks): void {
    this.#callbacks = callbacks;
  }

  start(): void {
    void this.#link.start();
  }

  stop(): void {
    clearTimeout(this.#restart);
    this.#link.stop();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Calls back with entries that came while their stream was followed, not with those that were there before. */
  onArrival(listener: (stream: StreamName, entries: readonly Entry[]) => void): () => void {
    this.#arrivals.add(listener);
    return () => this.#arrivals.delete(listener);
  }

  get state(): ConnectionState {
    return this.#link.state;
  }

  /** Null when the stream is not followed, or is not there for this user. */
  thread(stream: StreamName): Thread | null {
    return this.#threads.get(stream) ?? null;
  }

  receipts(stream: StreamName): Receipts | null {
    return this.#receipts.get(stream) ?? null;
  }

  typing(stream: StreamName): Typing | null {
    return this.#typing.get(stream) ?? null;
  }

  /** Whether anything of the user’s still waits to be written into the log. */
  hasUnsent(): boolean {
    return [...this.#threads.values()].some((thread) => thread.pending.length > 0);
  }

  isFollowing(stream: StreamName): boolean {
    return this.#followed.has(stream);
  }

  isGone(stream: StreamName): boolean {
    return this.#gone.has(stream);
  }

  /** Follows exactly these streams from now on. */
  follow(streams: ReadonlySet<StreamName>): void {
    for (const stream of this.#followed) if (!streams.has(stream)) this.#unfollow(stream);
    for (const stream of streams) {
      if (this.#followed.has(stream)) continue;
      this.#followed.add(stream);
      this.#gone.delete(stream);
      this.#link.follow(stream);
      this.#threads.set(stream, this.#link.thread(stream));
    }
    this.#tell();
  }

  post(stream: StreamName, kind: PostedKind, text: string): void {
    this.#link.post(stream, kind, text);
  }

  discard(post: PendingPost): void {
    this.#link.discard(post);
  }

  /** Writes a refused post once more, as a new one. */
  retry(post: PendingPost): void {
    this.#link.discard(post);
    this.#link.post(post.stream, post.kind, post.text);
  }

  /** Says that the user has read the stream up to a seq, and counts it as read here without waiting for the answer. */
  seen(stream: StreamName, seq: number): void {
    this.#link.seen(stream, seq, seq);
    this.#takeReceipts(stream, { visitorDelivered: 0, visitorRead: 0, agentRead: seq });
  }

  sayTyping(stream: StreamName, on: boolean): void {
    this.#link.typing(stream, on);
  }

  /** Says to which key session data of the conversation is to be sealed, after each reconnect again, until it is withdrawn. */
  offerShowKey(stream: StreamName, key: string): () => void {
    this.#showKeys.set(stream, key);
    this.#sayShowKey(stream);
    return () => {
      if (this.#showKeys.get(stream) === key) this.#showKeys.delete(stream);
    };
  }

  /** One view at a time listens. */
  onShow(stream: StreamName, listener: ShowListener): () => void {
    this.#showListeners.set(stream, listener);
    return () => {
      if (this.#showListeners.get(stream) === listener) this.#showListeners.delete(stream);
    };
  }

  reconnectNow(): void {
    this.#link.reconnectNow();
  }

  async #connect() {
    try {
      const { ticket } = await call(createRealtimeTicket, { params: { accountId: this.#accountId } });
      return { socket: openAgentSocket(), credential: ticket };
    } catch (error) {
      if (error instanceof Refusal && error.code === 'signin.required') this.#callbacks?.onSignedOut();
      throw error;
    }
  }

  /** A ticket can be refused because it took too long to arrive: whether anybody is signed in, the session tells. */
  #refused(code: string): void {
    if (code === 'signin.required') this.#callbacks?.onSignedOut();
    clearTimeout(this.#restart);
    this.#restart = setTimeout(() => this.start(), restartAfterMs);
  }

  #sayShowKey(stream: StreamName): void {
    const key = this.#showKeys.get(stream);
    if (key !== undefined) this.#link.offerShowKey(stream, key);
  }

  #unfollow(stream: StreamName): void {
    this.#link.unfollow(stream);
    this.#forget(stream);
  }

  #forget(stream: StreamName): void {
    this.#followed.delete(stream);
    this.#threads.delete(stream);
    this.#receipts.delete(stream);
    this.#typing.delete(stream);
  }

  #takeGone(stream: StreamName): void {
    this.#forget(stream);
    this.#gone.add(stream);
    this.#tell();
  }

  #takeThread(thread: Thread): void {
    const before = this.#threads.get(thread.stream);
    this.#threads.set(thread.stream, thread);
    this.#tell();
    if (before === undefined || before.epoch !== thread.epoch || lastSeq(before) === 0) return;
    const fresh = thread.entries.filter((entry) => entry.seq > lastSeq(before));
    if (fresh.length === 0) return;
    if (
      fresh.some(
        (entry) => (entry.kind === 'message' || entry.kind === 'file') && entry.actor.kind === 'visitor',
      )
    ) {
      this.#typing.delete(thread.stream);
    }
    for (const listener of this.#arrivals) listener(thread.stream, fresh);
  }

  #takeReceipts(stream: StreamName, next: Receipts): void {
    const before = this.#receipts.get(stream) ?? { visitorDelivered: 0, visitorRead: 0, agentRead: 0 };
    this.#receipts.set(stream, {
      visitorDelivered: Math.max(before.visitorDelivered, next.visitorDelivered),
      visitorRead: Math.max(before.visitorRead, next.visitorRead),
      agentRead: Math.max(before.agentRead, next.agentRead),
    });
    this.#tell();
  }

  #takeTyping(stream: StreamName, actor: 'visitor' | 'agent', name: string | null, on: boolean): void {
    if (actor !== 'visitor') return;
    if (on) this.#typing.set(stream, { name, until: Date.now() + typingLastsMs });
    else this.#typing.delete(stream);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function loadPage(accountId: string, stream: StreamName, after: number) {
  const conversationId = conversationOf(stream);
  const audience: Audience = stream.endsWith(':internal') ? 'internal' : 'public';
  return call(readEntries, { params: { accountId, conversationId }, query: { audience, after, limit: 500 } });
}
