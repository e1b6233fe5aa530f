import type { Entry, EntryPage, StreamName } from '../src/conversations/entries.ts';
import type { ClientFrame, ServerFrame, Socket } from '../src/realtime/index.ts';

const firstEpoch = '00000000-0000-4000-8000-000000000001';

/**
 * A server of the realtime protocol in the same process: keeps a log, answers frames, and can be made to fail at
 * every point where a network or a node can. It never answers within the call, as no network does.
 */
export class Peer {
  epoch = firstEpoch;
  readonly received: ClientFrame[] = [];
  readonly #logs = new Map<StreamName, Entry[]>();
  readonly #followed = new Set<StreamName>();
  #socket: Socket | null = null;
  /** Connections that were let in so far. */
  connections = 0;
  /** While true nobody gets a connection. */
  unreachable = false;
  /** What happens to the next frames of a kind, in order; afterwards they are answered as usual. */
  readonly lose: { acks: number; entries: number; posts: number } = { acks: 0, entries: 0, posts: 0 };
  /** How the next posts are refused. */
  readonly refusals: { code: 'request.rate-limited' | 'conversations.closed'; retryAfterMs?: number }[] = [];
  /** More entries behind than this is answered with `reset`. */
  resumeLimit = 500;

  async connect(): Promise<{ socket: Socket; credential: string }> {
    if (this.unreachable) throw new Error('The peer cannot be reached.');
    return { socket: this.socket(), credential: 'a credential of this test' };
  }

  socket(): Socket {
    const socket: Socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (text) => queueMicrotask(() => this.#receive(socket, JSON.parse(text) as ClientFrame)),
      close: () => this.#forget(socket),
    };
    this.#forget(this.#socket);
    this.#socket = socket;
    this.connections += 1;
    setImmediate(() => socket.onopen?.(undefined as never));
    return socket;
  }

  log(stream: StreamName): readonly Entry[] {
    return this.#logs.get(stream) ?? [];
  }

  /** Writes to the log, as another person or the platform would. */
  write(stream: StreamName, kind: Entry['kind'], part: Partial<Entry> = {}): Entry {
    const entries = this.#logs.get(stream) ?? [];
    const entry = {
      seq: entries.length + 1,
      kind,
      at: '2026-01-01T00:00:00.000Z',
      actor: { kind: 'system', id: null, name: null },
      cid: null,
      body: {},
      ...part,
    } as Entry;
    this.#logs.set(stream, [...entries, entry]);
    if (this.#followed.has(stream)) this.#announce(stream, entry.seq - 1);
    return entry;
  }

  page(stream: StreamName, after: number, limit = 3): EntryPage {
    const entries = this.log(stream);
    return { epoch: this.epoch, head: entries.length, entries: entries.slice(after, after + limit) };
  }

  /** Goes back to an earlier state of the log, as after a restored backup. */
  restore(stream: StreamName, head: number): void {
    this.epoch = this.epoch.replace(/.$/, (last) => String((Number(last) + 1) % 10));
    this.#logs.set(stream, this.log(stream).slice(0, head));
    this.cut();
  }

  cut(): void {
    const socket = this.#socket;
    this.#forget(socket);
    queueMicrotask(() => socket?.onclose?.({ code: 1006 }));
  }

  say(frame: ServerFrame): void {
    const socket = this.#socket;
    queueMicrotask(() => {
      if (socket !== null && socket === this.#socket) socket.onmessage?.({ data: JSON.stringify(frame) });
    });
  }

  #forget(socket: Socket | null): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#followed.clear();
  }

  #receive(socket: Socket, frame: ClientFrame): void {
    if (socket !== this.#socket) return;
    this.received.push(frame);
    if (frame.t === 'hello') return this.say({ t: 'welcome', node: 'test', heartbeatMs: 15_000 });
    if (frame.t === 'sub') for (const each of frame.streams) this.#follow(each);
    if (frame.t === 'unsub') for (const stream of frame.streams) this.#followed.delete(stream);
    if (frame.t === 'post') this.#post(frame);
  }

  #follow({ stream, epoch, after }: { stream: StreamName; epoch?: string; after: number }): void {
    const head = this.log(stream).length;
    if ((epoch !== undefined && epoch !== this.epoch) || head - after > this.resumeLimit) {
      return this.say({ t: 'reset', stream, epoch: this.epoch, head });
    }
    this.#followed.add(stream);
    this.say({ t: 'subbed', stream, epoch: this.epoch, head });
    if (after < head) this.#announce(stream, after);
  }

  #announce(stream: StreamName, after: number): void {
    if (this.lose.entries > 0) return void (this.lose.entries -= 1);
    this.say({ t: 'entries', stream, entries: this.log(stream).slice(after) });
  }

  #post({ cid, stream, kind, text }: Extract<ClientFrame, { t: 'post' }>): void {
    if (this.lose.posts > 0) return void (this.lose.posts -= 1);
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return this.say({ t: 'nack', cid, ...refusal });
    const known = this.log(stream).find((entry) => entry.cid === cid);
    const entry = known ?? this.write(stream, kind, { cid, body: { text } });
    if (this.lose.acks > 0) return void (this.lose.acks -= 1);
    this.say({ t: 'ack', cid, stream, seq: entry.seq, at: entry.at, duplicate: known !== undefined });
  }
}
