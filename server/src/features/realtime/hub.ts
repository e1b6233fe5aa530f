import { streamName, type Audience, type StreamName } from '@samtal/contract/conversations';
import type { ServerFrame } from '@samtal/contract/realtime';
import type { Database, Statement } from '../../platform/database/index.ts';
import type { Announcement, Fanout } from '../../platform/fanout/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { StreamFeed, type Follower } from './stream-feed.ts';

const compareHeadsMs = 1_000;

interface HeadRow {
  readonly conversation_id: string;
  readonly audience: Audience;
  readonly last_seq: number;
}

const readHeads: Statement = {
  name: 'realtime-read-heads',
  text: 'select conversation_id, audience, last_seq from stream where account_id = $1 and conversation_id = any($2::uuid[])',
};

/** What the hub needs of a connection. */
export interface Connected {
  readonly id: string;
  readonly session: string;
  isAgentIn(account: string): boolean;
  listsChanged(announcement: Extract<Announcement, { kind: 'lists' }>): void;
  recheck(): Promise<void>;
  /** Looks again whether these conversations are there. */
  recheckConversations(account: string, conversations: ReadonlySet<string>): void;
}

/**
 * The connections of this node and the streams they follow. Announcements wake them; once a second the heads of all
 * followed streams are compared with the database, so that a lost announcement costs a second and never an entry.
 */
export class Hub<Connection extends Connected = Connected> {
  readonly connections = new Set<Connection>();
  readonly #feeds = new Map<string, StreamFeed>();
  readonly #database: Database;
  readonly #log: Log;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor({ database, fanout, log }: { database: Database; fanout: Fanout; log: Log }) {
    this.#database = database;
    this.#log = log;
    fanout.listen((announcement) => this.#hear(announcement));
  }

  start(): void {
    this.#timer = setTimeout(() => {
      void this.#compareHeads().finally(() => {
        if (!this.#closed) this.start();
      });
    }, compareHeadsMs);
  }

  stop(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** The stream's feed on this node. Add a follower to it before anything is read: what is written from then on wakes it. */
  feed(account: string, stream: StreamName): StreamFeed {
    const key = `${account}/${stream}`;
    let feed = this.#feeds.get(key);
    if (feed === undefined) {
      feed = new StreamFeed(account, stream);
      this.#feeds.set(key, feed);
    }
    return feed;
  }

  unfollow(feed: StreamFeed, follower: Follower): void {
    feed.followers.delete(follower);
    if (feed.followers.size === 0) this.#feeds.delete(`${feed.account}/${feed.name}`);
  }

  #hear(announcement: Announcement): void {
    const { account } = announcement as { account?: string };
    switch (announcement.kind) {
      case 'entries': {
        const name = streamName(announcement.conversation, announcement.audience);
        this.#feeds.get(`${account}/${name}`)?.advance(announcement.head, announcement.entries);
        return;
      }
      case 'receipts': {
        const { visitorDelivered, visitorRead, agentRead } = announcement;
        const stream = streamName(announcement.conversation, 'public');
        return this.#tellFollowers(announcement.account, stream, {
          t: 'receipts',
          stream,
          visitorDelivered,
          visitorRead,
          agentRead,
        });
      }
      case 'typing': {
        const { stream, actor, on, from } = announcement;
        return this.#tellFollowers(
          announcement.account,
          stream,
          { t: 'typing', stream, actor, name: null, on },
          from,
        );
      }
      case 'show-key':
      case 'show-ask':
      case 'show':
      case 'show-end': {
        const feed = this.#feeds.get(`${account}/${announcement.stream}`);
        for (const follower of feed?.followers ?? []) follower.hear(announcement);
        return;
      }
      case 'lists':
        for (const connection of this.connections) connection.listsChanged(announcement);
        return;
      case 'erased':
        return this.#recheckConversations(announcement.account, announcement.conversations);
      case 'recheck':
        for (const connection of this.connections) {
          if (connection.session === announcement.session) void connection.recheck();
        }
        return;
      case 'recheck-account':
        for (const connection of this.connections) {
          if (connection.isAgentIn(announcement.account)) void connection.recheck();
        }
        break;
      case 'keys-destroyed':
    }
  }

  #recheckConversations(account: string, conversations: readonly string[]): void {
    const followed = new Set([...this.#feeds.values()].map((feed) => feed.conversation));
    const concerned = new Set(conversations.filter((id) => followed.has(id)));
    if (concerned.size === 0) return;
    for (const connection of this.connections) connection.recheckConversations(account, concerned);
  }

  /** Frames that are worth nothing later: whoever cannot take one now does without. */
  #tellFollowers(account: string, stream: StreamName, frame: ServerFrame, except?: string): void {
    const feed = this.#feeds.get(`${account}/${stream}`);
    if (feed === undefined) return;
    for (const follower of feed.followers) {
      if (follower.connection !== except) follower.tell(frame);
    }
  }

  async #compareHeads(): Promise<void> {
    const byAccount = Map.groupBy(this.#feeds.values(), (feed) => feed.account);
    for (const [account, feeds] of byAccount) {
      try {
        const rows = await this.#database.read(
          account,
          async (tx) =>
            await tx.run<HeadRow>(readHeads, [account, [...new Set(feeds.map((feed) => feed.conversation))]]),
        );
        for (const row of rows) {
          this.#feeds
            .get(`${account}/${streamName(row.conversation_id, row.audience)}`)
            ?.advance(row.last_seq);
        }
        const there = new Set(rows.map((row) => row.conversation_id));
        const gone = feeds.map((feed) => feed.conversation).filter((id) => !there.has(id));
        this.#recheckConversations(account, gone);
      } catch (error) {
        this.#log.warn('heads-not-compared', { accountId: account }, error);
      }
    }
  }
}
