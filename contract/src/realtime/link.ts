import type { Entry, EntryPage, PostedKind, StreamName } from '../conversations/entries.ts';
import type { ErrorCode } from '../errors/index.ts';
import type { ClientFrame, ServerFrame } from './frames.ts';
import { protocolVersion, realtime } from './protocol.ts';
import {
  emptyThread,
  lastSeq,
  withEntries,
  withoutPost,
  withPost,
  withRefusal,
  type PendingPost,
  type Thread,
} from './thread.ts';

/** The part of a browser’s WebSocket that a link uses. */
export interface Socket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

/** Where posts wait for their acknowledgement. Outlives the page where storage allows it. */
export interface Outbox {
  load(): Promise<PendingPost[]>;
  put(post: PendingPost): Promise<void>;
  remove(cid: string): Promise<void>;
}

/** `stopped`: not connected and not trying, because `stop` was called or the credential was refused. */
export type ConnectionState = 'connecting' | 'online' | 'offline' | 'stopped';

export interface Receipts {
  readonly visitorDelivered: number;
  readonly visitorRead: number;
  readonly agentRead: number;
}

export interface LinkListener {
  onState?(state: ConnectionState): void;
  onThread?(thread: Thread): void;
  onReceipts?(stream: StreamName, receipts: Receipts): void;
  onTyping?(stream: StreamName, actor: 'visitor' | 'agent', name: string | null, on: boolean): void;
  onPlace?(stream: StreamName, ahead: number): void;
  /** Lists worth loading again: on a hint, and all of them after each reconnect. */
  onChanged?(lists: readonly ('mine' | 'waiting' | 'presence')[]): void;
  /** The stream is not there for this caller (any more). */
  onGone?(stream: StreamName): void;
  /** The server refused this caller; the link has stopped. */
  onRefused?(code: ErrorCode): void;
}

export interface LinkOptions {
  /** Opens a socket, and says what to send as the credential. Called anew for each attempt; may reject. */
  connect(): Promise<{ socket: Socket; credential: string }>;
  /** Loads a page over HTTP, for streams that are too far behind to be resumed. */
  loadPage(stream: StreamName, after: number): Promise<EntryPage>;
  outbox: Outbox;
  listener: LinkListener;
  /** The longest wait between two attempts to connect. */
  backoffCapMs: number;
  newId(): string;
}

/** An outbox for when nothing can be stored: it lives as long as the page. */
export function memoryOutbox(): Outbox {
  const posts = new Map<string, PendingPost>();
  return {
    load: async () => [...posts.values()],
    put: async (post) => void posts.set(post.cid, post),
    remove: async (cid) => void posts.delete(cid),
  };
}

/**
 * One client’s connection to the conversation log: connects and connects again, follows streams, and delivers posts.
 * Delivery is at least once on the wire and exactly once in the threads (realtime protocol, `frames.ts`).
 *
 * offline → connecting → online → offline → …; `stop` and a refused credential lead to stopped.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #threads = new Map<StreamName, Thread>();
  #state: ConnectionState = 'stopped';
  #socket: Socket | null = null;
  #welcomed = false;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #resend: ReturnType<typeof setInterval> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  /** When each post was last sent; posts are sent again when no answer came. */
  readonly #sentAt = new Map<string, number>();
  /** Posts that the server has answered for good, whose entry has not come yet. */
  readonly #settled = new Set<string>();
  readonly #loading = new Set<StreamName>();

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  thread(stream: StreamName): Thread {
    return this.#threads.get(stream) ?? emptyThread(stream);
  }

  /** Connects, after taking up what an earlier page left in the outbox. */
  async start(): Promise<void> {
    if (this.#state !== 'stopped') return;
    this.#setState('connecting');
    for (const post of await this.#options.outbox.load()) this.#update(withPost(this.thread(post.stream), post));
    this.#resend = setInterval(() => this.#sendPosts(), realtime.resendAfterMs / 3);
    await this.#connect();
  }

  stop(): void {
    this.#setState('stopped');
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    clearInterval(this.#resend);
    this.#dropSocket();
  }

  /** Call when there is reason to hope: the network is back, or the page is shown again. */
  reconnectNow(): void {
    if (this.#state !== 'offline') return;
    clearTimeout(this.#retry);
    void this.#connect();
  }

  follow(stream: StreamName): void {
    if (!this.#threads.has(stream)) this.#threads.set(stream, emptyThread(stream));
    this.#subscribe([stream]);
  }

  unfollow(stream: StreamName): void {
    this.#threads.delete(stream);
    this.#send({ t: 'unsub', streams: [stream] });
  }

  /** Writes to a stream. The post shows in the thread at once and stays in the outbox until it is in the log. */
  post(stream: StreamName, kind: PostedKind, text: string): PendingPost {
    const post = { cid: this.#options.newId(), stream, kind, text, writtenAt: Date.now(), refused: null };
    this.#update(withPost(this.thread(stream), post));
    void this.#options.outbox.put(post);
    this.#sendPosts();
    return post;
  }

  /** Takes a refused post away. */
  discard(post: PendingPost): void {
    this.#settle(post.cid);
    this.#update(withoutPost(this.thread(post.stream), post.cid));
  }

  seen(stream: StreamName, delivered: number, read: number): void {
    this.#send({ t: 'seen', stream, delivered, read });
  }

  typing(stream: StreamName, on: boolean): void {
    this.#send({ t: 'typing', stream, on });
  }

  async #connect(): Promise<void> {
    this.#setState('connecting');
    try {
      const { socket, credential } = await this.#options.connect();
      if (this.#state !== 'connecting') return socket.close();
      this.#socket = socket;
      socket.onopen = () => this.#send({ t: 'hello', protocol: protocolVersion, credential });
      socket.onmessage = (event) => this.#receive(JSON.parse(String(event.data)) as ServerFrame);
      socket.onclose = () => this.#lost(socket);
      this.#watchSilence();
    } catch {
      // The attempt failed before there was a socket: the same as losing one.
      this.#lost(null);
    }
  }

  #lost(socket: Socket | null): void {
    if (this.#state === 'stopped' || this.#socket !== socket) return;
    this.#dropSocket();
    this.#setState('offline');
    const { firstMs, baseMs } = realtime.backoff;
    const ceiling = Math.min(baseMs * 2 ** this.#attempt, this.#options.backoffCapMs);
    const waitMs = Math.random() * (this.#attempt === 0 ? firstMs : ceiling);
    this.#attempt += 1;
    this.#retry = setTimeout(() => void this.#connect(), waitMs);
  }

  #dropSocket(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    this.#sentAt.clear();
    clearTimeout(this.#silence);
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** A socket that is silent for longer than a heartbeat allows is dead, whatever the browser thinks. */
  #watchSilence(): void {
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#silence = setTimeout(() => this.#lost(socket), realtime.link.weakSilenceMs);
  }

  #receive(frame: ServerFrame): void {
    this.#watchSilence();
    const { listener } = this.#options;
    switch (frame.t) {
      case 'welcome':
        this.#welcomed = true;
        this.#attempt = 0;
        this.#setState('online');
        this.#subscribe([...this.#threads.keys()]);
        this.#sendPosts();
        listener.onChanged?.(['mine', 'waiting', 'presence']);
        return;
      case 'subbed':
        return this.#adoptEpoch(frame.stream, frame.epoch);
      case 'entries':
        return this.#take(frame.stream, frame.entries);
      case 'reset':
        return void this.#reload(frame.stream, frame.epoch);
      case 'gone':
        this.#threads.delete(frame.stream);
        return listener.onGone?.(frame.stream);
      case 'ack':
        return this.#settle(frame.cid);
      case 'nack':
        return this.#refuse(frame.cid, frame.code, frame.retryAfterMs);
      case 'receipts':
        return listener.onReceipts?.(frame.stream, frame);
      case 'typing':
        return listener.onTyping?.(frame.stream, frame.actor, frame.name, frame.on);
      case 'place':
        return listener.onPlace?.(frame.stream, frame.ahead);
      case 'changed':
        return listener.onChanged?.(frame.lists);
      case 'ping':
        return this.#send({ t: 'pong', n: frame.n, waitingMs: this.#oldestUnansweredMs() });
      case 'drain': {
        const socket = this.#socket;
        setTimeout(() => this.#lost(socket), Math.random() * frame.withinMs);
        return;
      }
      case 'bye':
        this.stop();
        return listener.onRefused?.(frame.code);
    }
  }

  #adoptEpoch(stream: StreamName, epoch: string): void {
    const thread = this.thread(stream);
    if (thread.epoch === null) this.#threads.set(stream, { ...thread, epoch });
  }

  #take(stream: StreamName, entries: readonly Entry[]): void {
    const before = this.#threads.get(stream);
    if (before === undefined) return;
    const { thread, gap } = withEntries(before, entries);
    if (thread !== before) {
      for (const entry of entries) if (entry.cid !== null) this.#settle(entry.cid);
      this.#update(thread);
    }
    if (gap) this.#subscribe([stream]);
  }

  /** Loads the whole stream in pages, then follows it from there. */
  async #reload(stream: StreamName, epoch: string): Promise<void> {
    if (this.#loading.has(stream)) return;
    this.#loading.add(stream);
    try {
      let thread: Thread = { ...emptyThread(stream), epoch, pending: this.thread(stream).pending };
      for (;;) {
        const page = await this.#options.loadPage(stream, lastSeq(thread));
        thread = { ...withEntries(thread, page.entries).thread, epoch: page.epoch };
        if (page.entries.length === 0 || lastSeq(thread) >= page.head) break;
      }
      if (this.#threads.has(stream)) this.#update(thread);
      this.#subscribe([stream]);
    } catch {
      // The next connection subscribes again and is told to reset again.
      this.#lost(this.#socket);
    } finally {
      this.#loading.delete(stream);
    }
  }

  #subscribe(streams: StreamName[]): void {
    if (!this.#welcomed) return;
    for (let start = 0; start < streams.length; start += 50) {
      this.#send({
        t: 'sub',
        streams: streams.slice(start, start + 50).map((stream) => {
          const thread = this.thread(stream);
          return { stream, after: lastSeq(thread), ...(thread.epoch === null ? {} : { epoch: thread.epoch }) };
        }),
      });
    }
  }

  /** Sends, in the order written, every post that is new or was not answered in time. */
  #sendPosts(): void {
    if (!this.#welcomed) return;
    const now = Date.now();
    const posts = [...this.#threads.values()].flatMap((thread) => thread.pending);
    for (const post of posts.toSorted((a, b) => a.writtenAt - b.writtenAt)) {
      const sentAt = this.#sentAt.get(post.cid);
      if (post.refused !== null || this.#settled.has(post.cid)) continue;
      if (sentAt !== undefined && now - sentAt < realtime.resendAfterMs) continue;
      this.#sentAt.set(post.cid, now);
      this.#send({ t: 'post', cid: post.cid, stream: post.stream, kind: post.kind, text: post.text });
    }
  }

  #oldestUnansweredMs(): number {
    const now = Date.now();
    return Math.max(0, ...[...this.#sentAt.values()].map((at) => now - at));
  }

  /** The server has the post: it need not be sent again. It leaves the thread when its entry comes. */
  #settle(cid: string): void {
    this.#sentAt.delete(cid);
    this.#settled.add(cid);
    void this.#options.outbox.remove(cid);
  }

  #refuse(cid: string, code: ErrorCode, retryAfterMs: number | undefined): void {
    if (retryAfterMs !== undefined) {
      this.#sentAt.set(cid, Date.now() + retryAfterMs - realtime.resendAfterMs);
      return;
    }
    const thread = [...this.#threads.values()].find((each) => each.pending.some((post) => post.cid === cid));
    this.#settle(cid);
    if (thread !== undefined) this.#update(withRefusal(thread, cid, code));
  }

  #send(frame: ClientFrame): void {
    if (this.#socket === null || (!this.#welcomed && frame.t !== 'hello')) return;
    this.#socket.send(JSON.stringify(frame));
  }

  #update(thread: Thread): void {
    this.#threads.set(thread.stream, thread);
    this.#options.listener.onThread?.(thread);
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.listener.onState?.(state);
  }
}
