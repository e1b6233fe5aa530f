import { randomUUID } from 'node:crypto';
import {
  clientFrames,
  realtime,
  type ChangedList,
  type ClientFrame,
  type ServerFrame,
} from '@samtal/contract/realtime';
import { conversationOf, type StreamName } from '@samtal/contract/conversations';
import type { Database } from '../../platform/database/index.ts';
import type { Announcement, Fanout } from '../../platform/fanout/index.ts';
import { compileExact, Refusal } from '../../platform/http/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { ConversationLog } from '../conversations/index.ts';
import { Allowance } from './allowance.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Hub } from './hub.ts';
import type { Party } from './party.ts';
import type { Line } from './line.ts';
import { readPosition } from './stream-position.ts';
import { SessionData, type ShowAnnouncement } from './session-data.ts';
import { Subscription, type Outlet } from './subscription.ts';

/** More unsent than this: entries wait in the log. More than the second, or stuck for long: the socket is given up. */
const fullBytes = 1024 * 1024;
const overfullBytes = 4 * 1024 * 1024;
const stuckMs = 30_000;
const maxStreams = 200;
/** Who goes on sending after so many frames were refused does not listen. */
const mostRefused = 500;
const listsChangedMs = 200;

const validators = new Map(
  Object.entries(clientFrames).map(([kind, schema]) => [kind, compileExact(schema)]),
);

export interface ConnectionParts {
  readonly database: Database;
  readonly log: ConversationLog;
  readonly fanout: Fanout;
  readonly hub: Pick<Hub, 'feed' | 'unfollow'>;
  readonly logger: Log;
}

/** The frame a client sent, or null when it is none: malformed, unknown, or not fitting its schema. */
export function readFrame(text: string): ClientFrame | null {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof frame !== 'object' || frame === null || !('t' in frame) || typeof frame.t !== 'string')
    return null;
  return validators.get(frame.t)?.(frame) === true ? (frame as ClientFrame) : null;
}

/** One admitted socket: what it follows, what it posts, and how well it is heard. */
export class Connection implements Outlet {
  readonly id: string = randomUUID();
  readonly party: Party;
  readonly heartbeat = new Heartbeat(Date.now());
  readonly #line: Line;
  readonly #parts: ConnectionParts;
  readonly #subscriptions = new Map<StreamName, Subscription>();
  readonly #frames = new Allowance(30, 90, Date.now());
  readonly #pages = new Allowance(1, 20, Date.now());
  readonly #sessionData: SessionData;
  #work: Promise<void> = Promise.resolve();
  #refused = 0;
  #fullSince: number | null = null;
  #changedLists = new Set<ChangedList>();
  #listsTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(line: Line, party: Party, parts: ConnectionParts) {
    this.#line = line;
    this.party = party;
    this.#parts = parts;
    this.#sessionData = new SessionData(this, party, parts);
  }

  get session(): string {
    return this.party.session;
  }

  isAgentIn(account: string): boolean {
    return this.party.kind === 'agent' && this.party.account === account;
  }

  /** Frames are handled one after the other, so that posts are written in the order they were sent. */
  receive(text: string): void {
    // After a frame that ended the connection nothing counts that was sent behind it.
    if (!this.#line.isOpen) return;
    this.heartbeat.heard(Date.now());
    const frame = readFrame(text);
    if (frame === null || frame.t === 'hello') return this.end('request.invalid', 1008);
    const retryAfterMs = this.#frames.take(Date.now());
    if (frame.t === 'pong' && retryAfterMs === 0)
      return this.heartbeat.pong(frame.n, frame.waitingMs, Date.now());
    if (retryAfterMs > 0 || frame.t === 'pong') {
      this.#refused += 1;
      if (this.#refused > mostRefused) return this.end('request.rate-limited', 1008);
      if (frame.t === 'post')
        this.send({ t: 'nack', cid: frame.cid, code: 'request.rate-limited', retryAfterMs });
      else if (frame.t === 'sub') this.end('request.rate-limited', 1013);
      return;
    }
    this.#then(async () => await this.#handle(frame));
  }

  #then(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => this.failed(error));
  }

  send(frame: ServerFrame): void {
    this.#line.send(JSON.stringify(frame));
  }

  /** For frames that are worth nothing later. */
  sendEphemeral(frame: ServerFrame): void {
    if (this.ready()) this.send(frame);
  }

  ready(): boolean {
    return this.#line.isOpen && this.#line.unsentBytes < fullBytes;
  }

  entries(stream: string, json: string): void {
    this.#line.send(`{"t":"entries","stream":"${stream}","entries":${json}}`);
  }

  failed(error: unknown): void {
    this.#parts.logger.warn('connection-failed', { accountId: this.party.account }, error);
    this.end('unavailable', 1011);
  }

  /** Says why, and closes. */
  end(code: Extract<ServerFrame, { t: 'bye' }>['code'], closeCode: number): void {
    if (closeCode === 1008) this.send({ t: 'bye', code });
    this.#line.close(closeCode);
  }

  listsChanged({ account, lists, users }: Extract<Announcement, { kind: 'lists' }>): void {
    const { party } = this;
    if (party.kind !== 'agent' || party.account !== account) return;
    if (users !== undefined && (party.userId === null || !users.includes(party.userId))) return;
    // A conversation that has gone to somebody else is not followed any longer.
    if (lists.includes('mine')) this.#then(async () => await this.#recheckStreams());
    this.#hint(lists);
  }

  #hint(lists: readonly ChangedList[]): void {
    for (const list of lists) this.#changedLists.add(list);
    // Several changes within a moment are one hint.
    this.#listsTimer ??= setTimeout(() => {
      this.#listsTimer = undefined;
      this.sendEphemeral({ t: 'changed', lists: [...this.#changedLists] });
      this.#changedLists.clear();
    }, listsChangedMs);
  }

  hear(announcement: ShowAnnouncement): void {
    this.#then(async () => await this.#sessionData.hear(announcement));
  }

  /** The session may have ended, or what it allows may have changed. */
  async recheck(): Promise<void> {
    try {
      if (!(await this.party.stillIn()))
        this.end(this.party.kind === 'agent' ? 'signin.required' : 'visitors.session-ended', 1008);
    } catch (error) {
      this.failed(error);
    }
  }

  /** What its party may do has changed: it goes, or lets go of what is not there for it any more. */
  async accessChanged(): Promise<void> {
    await this.recheck();
    if (this.party.kind === 'agent') this.#hint(['access']);
    this.#then(async () => await this.#recheckStreams());
  }

  /** Lets go of those of these conversations that are not there for this party any more. */
  recheckConversations(account: string, conversations: ReadonlySet<string>): void {
    if (account !== this.party.account) return;
    const streams = [...this.#subscriptions.keys()].filter((stream) =>
      conversations.has(conversationOf(stream)),
    );
    if (streams.length > 0) this.#then(async () => await this.#recheckStreams(streams));
  }

  /** Called a few times a second: pushes on what waited for room, and gives up on what is stuck. */
  tend(now: number): void {
    const unsent = this.#line.unsentBytes;
    this.heartbeat.unsent(unsent, now);
    if (this.heartbeat.silentMs(now) > realtime.link.dropSilenceMs) return this.#line.terminate();
    if (unsent < fullBytes) this.#fullSince = null;
    else this.#fullSince ??= now;
    const stuck = this.#fullSince !== null && now - this.#fullSince > stuckMs;
    if (unsent > overfullBytes || stuck) return this.end('unavailable', 1013);
    for (const subscription of this.#subscriptions.values()) subscription.wake();
  }

  /** Following a stream: the visitor may be waiting for an agent, and wants to know how long. */
  get mayWait(): boolean {
    return this.#subscriptions.size > 0;
  }

  pingDue(now: number, everyMs: number): boolean {
    return now - this.heartbeat.pingedAt >= everyMs;
  }

  ping(now: number): void {
    this.send({ t: 'ping', n: this.heartbeat.ping(now) });
  }

  /** The socket has closed. */
  closed(): void {
    clearTimeout(this.#listsTimer);
    this.#sessionData.end();
    for (const [stream, subscription] of this.#subscriptions) this.#unfollow(stream, subscription);
  }

  async #handle(frame: Exclude<ClientFrame, { t: 'hello' } | { t: 'pong' }>): Promise<void> {
    switch (frame.t) {
      case 'sub':
        for (const each of frame.streams) await this.#subscribe(each);
        return;
      case 'unsub':
        for (const stream of frame.streams) {
          const subscription = this.#subscriptions.get(stream);
          if (subscription !== undefined) this.#unfollow(stream, subscription);
        }
        return;
      case 'post':
        return await this.#post(frame);
      case 'seen':
        if (this.#subscriptions.has(frame.stream)) this.party.seen(frame.stream, frame.delivered, frame.read);
        return;
      case 'page':
        if (this.party.visited === undefined) return this.end('request.invalid', 1008);
        if (this.#pages.take(Date.now()) === 0) this.party.visited(frame.path);
        return;
      case 'show-key':
      case 'show-ask':
      case 'show':
        // Whoever says what the other side says is no client of ours.
        if ((this.party.kind === 'agent') !== (frame.t === 'show-key'))
          return this.end('request.invalid', 1008);
        if (this.#subscriptions.has(frame.stream)) await this.#sessionData.take(frame);
        return;
      case 'typing': {
        if (!this.#subscriptions.has(frame.stream)) return;
        const { account, kind: actor } = this.party;
        this.#parts.fanout.announce({
          kind: 'typing',
          account,
          stream: frame.stream,
          actor,
          on: frame.on,
          from: this.id,
        });
      }
    }
  }

  /** Registers first and reads then: whatever is written between the two wakes the subscription (realtime protocol). */
  async #subscribe({
    stream,
    epoch,
    after,
  }: {
    stream: StreamName;
    epoch?: string;
    after: number;
  }): Promise<void> {
    const { account } = this.party;
    // Whoever has gone follows nothing: nobody would ever take it away again.
    if (!this.#line.isOpen) return;
    const known = this.#subscriptions.get(stream);
    if (known !== undefined) this.#unfollow(stream, known);
    if (this.#subscriptions.size >= maxStreams) return this.end('request.invalid', 1008);
    const feed = this.#parts.hub.feed(account, stream);
    const subscription = new Subscription(feed, { outlet: this, ...this.#parts });
    feed.followers.add(subscription);
    this.#subscriptions.set(stream, subscription);
    const position = await this.#admitted(stream, known !== undefined);
    if (this.#subscriptions.get(stream) !== subscription) return;
    if (position === null) {
      this.#unfollow(stream, subscription);
      return this.send({ t: 'gone', stream });
    }
    const restored = epoch !== undefined && epoch !== position.epoch;
    if (restored || after > position.head || position.head - after > realtime.resumeLimit) {
      this.#unfollow(stream, subscription);
      return this.send({ t: 'reset', stream, epoch: position.epoch, head: position.head });
    }
    this.send({ t: 'subbed', stream, epoch: position.epoch, head: position.head });
    if (position.receipts !== null) this.send({ t: 'receipts', stream, ...position.receipts });
    feed.advance(position.head);
    subscription.shown = position.shown;
    subscription.begin(after);
  }

  /** Where the stream stands, or null when it is not there for this party. */
  async #admitted(stream: StreamName, again: boolean) {
    const { account } = this.party;
    try {
      return await this.#parts.database.transaction(account, async (tx) => {
        const shown = await this.party.admit(tx, stream, again);
        const position = await readPosition(tx, account, stream);
        return position === null ? null : { ...position, shown };
      });
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }

  /** Lets go of streams that are not there for this party any more. */
  async #recheckStreams(streams: Iterable<StreamName> = this.#subscriptions.keys()): Promise<void> {
    for (const stream of streams) {
      const subscription = this.#subscriptions.get(stream);
      if (subscription === undefined) continue;
      const position = await this.#admitted(stream, true);
      if (this.#subscriptions.get(stream) !== subscription) continue;
      if (position !== null) {
        subscription.shown = position.shown;
        continue;
      }
      this.#unfollow(stream, subscription);
      this.send({ t: 'gone', stream });
    }
  }

  #unfollow(stream: StreamName, subscription: Subscription): void {
    subscription.end();
    this.#parts.hub.unfollow(subscription.feed, subscription);
    this.#subscriptions.delete(stream);
  }

  async #post({ cid, stream, kind, text }: Extract<ClientFrame, { t: 'post' }>): Promise<void> {
    try {
      const outcome = await this.party.post({ cid, stream, kind, text });
      if (!outcome.written) return this.send({ t: 'nack', cid, code: outcome.refused });
      const { seq, at, duplicate } = outcome;
      this.send({ t: 'ack', cid, stream, seq, at: at.toISOString(), duplicate });
    } catch (error) {
      if (error instanceof Refusal) return this.send({ t: 'nack', cid, code: error.code });
      this.#parts.logger.warn('post-failed', { accountId: this.party.account }, error);
      this.send({ t: 'nack', cid, code: 'unavailable', retryAfterMs: 1_000 });
    }
  }
}
