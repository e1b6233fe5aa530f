import type { Entry, EntryPage, PostedKind, StreamName } from '../conversations/entries.ts';
import type { ErrorCode } from '../errors/index.ts';
import type { ChangedList, ClientFrame, ServerFrame } from './frames.ts';
import type { Outbox } from './outbox.ts';
import { Outgoing } from './outgoing.ts';
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
  /** The subscription stands; after each reconnect again. */
  onSubbed?(stream: StreamName): void;
  /** Visitors: the key that session data is sealed to. */
  onShowKey?(stream: StreamName, key: string): void;
  /** Agents: what a page of the visitor’s shows, sealed; null when it shows nothing any more. */
  onShow?(stream: StreamName, from: string, sealed: string | null): void;
  /** Lists worth loading again: on a hint, and all of them after each reconnect. */
  onChanged?(lists: readonly ChangedList[]): void;
  /** The stream is not there for this caller (any more). */
  onGone?(stream: StreamName): void;
  /** The server refused this caller for good; the link has stopped. */
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

/** Refusals that pass: the link connects again. */
const passing: readonly ErrorCode[] = ['unavailable', 'internal', 'request.rate-limited'];

/** A connection that lasted this long worked: the next interruption starts from the shortest wait again. */
const settledAfterMs = 5_000;

/**
 * One client’s connection to the conversation log: connects and connects again, follows streams, and delivers posts.
 * Delivery is at least once on the wire and exactly once in the threads (realtime protocol, `frames.ts`).
 *
 * offline → connecting → online → offline → …; `stop` and a refused credential lead to stopped.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #threads = new Map<StreamName, Thread>();
  readonly #outgoing = new Outgoing();
  readonly #seen = new Map<StreamName, { delivered: number; read: number }>();
  readonly #loading = new Set<StreamName>();
  #state: ConnectionState = 'stopped';
  #socket: Socket | null = null;
  #welcomedAt: number | null = null;
  #wasWelcomed = false;
  /** Attempts begun so far; one that is not the latest any more has no say. */
  #begun = 0;
  #failures = 0;
  #lastWrittenAt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #resend: ReturnType<typeof setInterval> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;

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
    const begun = this.#begun;
    for (const post of await this.#options.outbox.load()) this.#takeUp(post);
    if (begun !== this.#begun) return;
    this.#resend = setInterval(() => this.#sendPosts(), realtime.resendAfterMs / 3);
    await this.#connect();
  }

  stop(): void {
    this.#setState('stopped');
    this.#begun += 1;
    clearTimeout(this.#retry);
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
    if (!this.#threads.has(stream)) {
      this.#threads.set(stream, { ...emptyThread(stream), pending: this.#outgoing.of(stream) });
    }
    this.#subscribe([stream]);
  }

  /** Looks no longer. Posts that are under way are still delivered. */
  unfollow(stream: StreamName): void {
    this.#forget(stream);
    this.#send({ t: 'unsub', streams: [stream] });
  }

  /** Writes to a stream. The post shows in the thread at once and stays in the outbox until it is in the log. */
  post(stream: StreamName, kind: PostedKind, text: string): PendingPost {
    // Posts go out by their time, so two of the same millisecond, or a clock set back, must not swap them.
    this.#lastWrittenAt = Math.max(Date.now(), this.#lastWrittenAt + 1);
    const cid = this.#options.newId();
    const post = { cid, stream, kind, text, writtenAt: this.#lastWrittenAt, refused: null };
    void this.#options.outbox.put(post);
    this.#takeUp(post);
    this.#sendPosts();
    return post;
  }

  /** Takes a refused post away. */
  discard(post: PendingPost): void {
    this.#settle(post.cid);
    if (this.#threads.has(post.stream)) this.#update(withoutPost(this.thread(post.stream), post.cid));
  }

  /** What has arrived here and what a person has looked at. Said again after each reconnect. */
  seen(stream: StreamName, delivered: number, read: number): void {
    this.#seen.set(stream, { delivered, read });
    this.#send({ t: 'seen', stream, delivered, read });
  }

  typing(stream: StreamName, on: boolean): void {
    this.#send({ t: 'typing', stream, on });
  }

  /** Visitors: says where they are. */
  visited(path: string): void {
    this.#send({ t: 'page', path });
  }

  /** Agents: announces the key that session data is to be sealed to. Say it again when the subscription stands anew. */
  offerShowKey(stream: StreamName, key: string): void {
    this.#send({ t: 'show-key', stream, key });
  }

  /** Visitors: asks for the agent's key. */
  askForShowKey(stream: StreamName): void {
    this.#send({ t: 'show-ask', stream });
  }

  /** Visitors: shows the agent what was sealed to this key. */
  show(stream: StreamName, { key, sealed }: { key: string; sealed: string }): void {
    this.#send({ t: 'show', stream, key, sealed });
  }

  async #connect(): Promise<void> {
    this.#begun += 1;
    const begun = this.#begun;
    this.#setState('connecting');
    this.#watchSilence();
    try {
      const { socket, credential } = await this.#options.connect();
      if (begun !== this.#begun || this.#state !== 'connecting') return socket.close();
      this.#socket = socket;
      socket.onopen = () => this.#send({ t: 'hello', protocol: protocolVersion, credential });
      socket.onmessage = (event) => this.#receive(JSON.parse(String(event.data)) as ServerFrame);
      socket.onclose = () => this.#lost(socket);
    } catch {
      // The attempt failed before there was a socket: the same as losing one.
      if (begun === this.#begun) this.#lost(null);
    }
  }

  #lost(socket: Socket | null): void {
    if (this.#state === 'stopped' || this.#state === 'offline' || this.#socket !== socket) return;
    if (this.#welcomedAt !== null && Date.now() - this.#welcomedAt >= settledAfterMs) this.#failures = 0;
    this.#dropSocket();
    const { firstMs, baseMs } = realtime.backoff;
    const ceiling = Math.min(baseMs * 2 ** this.#failures, this.#options.backoffCapMs);
    const waitMs = Math.random() * (this.#failures === 0 ? firstMs : ceiling);
    this.#failures += 1;
    this.#retry = setTimeout(() => void this.#connect(), waitMs);
    this.#setState('offline');
  }

  #dropSocket(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomedAt = null;
    this.#outgoing.forgetSends();
    clearTimeout(this.#silence);
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** A connection that is silent for longer than a heartbeat allows is dead, whatever the browser thinks. */
  #watchSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(this.#socket), realtime.link.weakSilenceMs);
  }

  #receive(frame: ServerFrame): void {
    this.#watchSilence();
    const { listener } = this.#options;
    switch (frame.t) {
      case 'welcome':
        return this.#welcome();
      case 'subbed':
        this.#adoptEpoch(frame.stream, frame.epoch);
        return listener.onSubbed?.(frame.stream);
      case 'entries':
        return this.#take(frame.stream, frame.entries);
      case 'reset':
        return void this.#reload(frame.stream);
      case 'gone':
        this.#forget(frame.stream);
        return listener.onGone?.(frame.stream);
      case 'ack':
        this.#settle(frame.cid);
        return this.#sendPosts();
      case 'nack':
        this.#refuse(frame.cid, frame.code, frame.retryAfterMs);
        return this.#sendPosts();
      case 'receipts':
        return listener.onReceipts?.(frame.stream, frame);
      case 'typing':
        return listener.onTyping?.(frame.stream, frame.actor, frame.name, frame.on);
      case 'show-key':
        return listener.onShowKey?.(frame.stream, frame.key);
      case 'show':
        return listener.onShow?.(frame.stream, frame.from, frame.sealed);
      case 'place':
        return listener.onPlace?.(frame.stream, frame.ahead);
      case 'changed':
        return listener.onChanged?.(frame.lists);
      case 'ping':
        return this.#send({ t: 'pong', n: frame.n, waitingMs: this.#outgoing.oldestMs(Date.now()) });
      case 'drain': {
        const socket = this.#socket;
        setTimeout(() => this.#lost(socket), Math.random() * frame.withinMs);
        return;
      }
      case 'bye':
        if (passing.includes(frame.code)) return this.#lost(this.#socket);
        this.stop();
        return listener.onRefused?.(frame.code);
    }
  }

  #welcome(): void {
    this.#welcomedAt = Date.now();
    this.#setState('online');
    this.#subscribe([...this.#threads.keys()]);
    for (const [stream, { delivered, read }] of this.#seen)
      this.#send({ t: 'seen', stream, delivered, read });
    this.#sendPosts();
    // What an agent may do is read when the page is loaded, and may have changed while there was no connection.
    const lists: ChangedList[] = ['mine', 'waiting', 'presence'];
    this.#options.listener.onChanged?.(this.#wasWelcomed ? [...lists, 'access'] : lists);
    this.#wasWelcomed = true;
  }

  #adoptEpoch(stream: StreamName, epoch: string): void {
    const thread = this.#threads.get(stream);
    if (thread !== undefined && thread.epoch === null) this.#threads.set(stream, { ...thread, epoch });
  }

  #take(stream: StreamName, entries: readonly Entry[]): void {
    const before = this.#threads.get(stream);
    if (before === undefined) return;
    const { thread, gap } = withEntries(before, entries);
    if (thread !== before) this.#show(thread);
    if (gap) this.#subscribe([stream]);
  }

  /** Loads the whole stream in pages, then follows it from there. */
  async #reload(stream: StreamName): Promise<void> {
    if (this.#loading.has(stream)) return;
    const socket = this.#socket;
    this.#loading.add(stream);
    try {
      let loaded = emptyThread(stream);
      for (;;) {
        const page = await this.#options.loadPage(stream, lastSeq(loaded));
        if (loaded.epoch !== null && loaded.epoch !== page.epoch) loaded = emptyThread(stream);
        const grown = withEntries(loaded, page.entries).thread;
        const last = lastSeq(grown) >= page.head || grown === loaded;
        loaded = { ...grown, epoch: page.epoch };
        if (last) break;
      }
      this.#replace(loaded);
    } catch {
      // The next connection subscribes again and is told to reset again.
      if (socket !== null) this.#lost(socket);
    } finally {
      this.#loading.delete(stream);
    }
  }

  /** Shows what was loaded in place of what was known. Posts written since then stay. */
  #replace(loaded: Thread): void {
    const before = this.#threads.get(loaded.stream);
    if (before === undefined) return;
    const shown = new Set(loaded.entries.map((entry) => entry.cid));
    const pending = before.pending.filter((post) => !shown.has(post.cid));
    // A restored log may lack posts that were acknowledged already. They are known here, so they are written again.
    for (const post of pending) if (post.refused === null) this.#outgoing.add(post);
    this.#show({ ...loaded, pending });
    this.#subscribe([loaded.stream]);
    this.#sendPosts();
  }

  /** Updates the thread and puts posts away that it shows as entries: seeing one is as good as its acknowledgement. */
  #show(thread: Thread): void {
    const before = this.thread(thread.stream).pending;
    const left = new Set(thread.pending.map((post) => post.cid));
    for (const { cid } of before) if (!left.has(cid)) this.#settle(cid);
    this.#update(thread);
    this.#sendPosts();
  }

  #subscribe(streams: StreamName[]): void {
    for (let start = 0; start < streams.length; start += 50) {
      this.#send({
        t: 'sub',
        streams: streams.slice(start, start + 50).map((stream) => {
          const thread = this.thread(stream);
          return {
            stream,
            after: lastSeq(thread),
            ...(thread.epoch === null ? {} : { epoch: thread.epoch }),
          };
        }),
      });
    }
  }

  #takeUp(post: PendingPost): void {
    this.#lastWrittenAt = Math.max(this.#lastWrittenAt, post.writtenAt);
    this.#outgoing.add(post);
    if (this.#threads.has(post.stream)) this.#update(withPost(this.thread(post.stream), post));
  }

  #sendPosts(): void {
    if (this.#welcomedAt === null) return;
    for (const { cid, stream, kind, text } of this.#outgoing.takeDue(Date.now())) {
      this.#send({ t: 'post', cid, stream, kind, text });
    }
  }

  /** The server has answered: the post need not be sent again. It leaves the thread when its entry comes. */
  #settle(cid: string): void {
    this.#outgoing.remove(cid);
    void this.#options.outbox.remove(cid);
  }

  #refuse(cid: string, code: ErrorCode, retryAfterMs: number | undefined): void {
    if (retryAfterMs !== undefined) return this.#outgoing.delay(cid, Date.now() + retryAfterMs);
    this.#settle(cid);
    const thread = [...this.#threads.values()].find((each) => each.pending.some((post) => post.cid === cid));
    if (thread !== undefined) this.#update(withRefusal(thread, cid, code));
  }

  #forget(stream: StreamName): void {
    this.#threads.delete(stream);
    this.#seen.delete(stream);
  }

  #send(frame: ClientFrame): void {
    if (this.#socket === null || (this.#welcomedAt === null && frame.t !== 'hello')) return;
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
