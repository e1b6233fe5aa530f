import type { ServerFrame } from '@samtal/contract/realtime';
import type { Database } from '../../platform/database/index.ts';
import type { Entry } from '@samtal/contract/conversations';
import { withoutOriginal, type ConversationLog, type Shown } from '../conversations/index.ts';
import type { ShowAnnouncement } from './session-data.ts';
import type { Follower, Kept, StreamFeed } from './stream-feed.ts';

const pageSize = 200;
/** About the most that goes into one frame, letters: a slow reader must get through it before the next one. */
const frameLength = 128 * 1024;

/** Where a subscription's entries go. `ready` is false while the socket has more than it can take: the log keeps them. */
export interface Outlet {
  readonly id: string;
  ready(): boolean;
  entries(stream: string, json: string): void;
  sendEphemeral(frame: ServerFrame): void;
  hear(announcement: ShowAnnouncement): void;
  failed(error: unknown): void;
}

/**
 * Hands one follower the entries of one stream, in order and each once: from memory where the feed still has them, from
 * the database where it does not. Only one hand-over is under way at a time; being woken meanwhile is remembered.
 */
export class Subscription implements Follower {
  readonly feed: StreamFeed;
  cursor = Number.POSITIVE_INFINITY;
  /** Nothing goes out before it is known. */
  shown: Shown = 'redacted';
  readonly #outlet: Outlet;
  readonly #database: Database;
  readonly #log: ConversationLog;
  #handing = false;
  #early: ServerFrame | null = null;

  constructor(
    feed: StreamFeed,
    { outlet, database, log }: { outlet: Outlet; database: Database; log: ConversationLog },
  ) {
    this.feed = feed;
    this.#outlet = outlet;
    this.#database = database;
    this.#log = log;
  }

  /** Begins after this seq. Before, being woken does nothing. */
  begin(after: number): void {
    this.cursor = after;
    if (this.#early !== null) this.#outlet.sendEphemeral(this.#early);
    this.wake();
  }

  get connection(): string {
    return this.#outlet.id;
  }

  /** Before the beginning nothing is told: who follows may turn out not to be allowed to. Receipts are kept until then. */
  tell(frame: ServerFrame): void {
    if (this.cursor !== Number.POSITIVE_INFINITY) this.#outlet.sendEphemeral(frame);
    else if (frame.t === 'receipts') this.#early = frame;
  }

  hear(announcement: ShowAnnouncement): void {
    if (this.cursor !== Number.POSITIVE_INFINITY) this.#outlet.hear(announcement);
  }

  /** Hands over nothing any more, not even what is being read at this moment. */
  end(): void {
    this.cursor = Number.POSITIVE_INFINITY;
  }

  wake(): void {
    if (this.#handing || this.cursor >= this.feed.head) return;
    this.#handing = true;
    void this.#handOver();
  }

  async #handOver(): Promise<void> {
    try {
      while (this.cursor < this.feed.head && this.#outlet.ready()) {
        const kept = this.feed.after(this.cursor);
        this.#give(kept ?? (await this.#fromDatabase()));
      }
    } catch (error) {
      this.#outlet.failed(error);
    } finally {
      this.#handing = false;
    }
  }

  async #fromDatabase(): Promise<Kept[]> {
    const { account, conversation, audience } = this.feed;
    const page = await this.#database.read(
      account,
      async (tx) =>
        await this.#log.readShown(tx, account, {
          conversationId: conversation,
          audience,
          after: this.cursor,
          limit: pageSize,
        }),
    );
    // The head was announced but nothing is there: the stream was restored or erased. The next sub will tell.
    if (page.entries.length === 0) throw new Error('A stream ends before its head');
    return page.entries.map((entry) => ({ seq: entry.seq, json: JSON.stringify(entry) }));
  }

  /** An entry as this follower is shown it. Only one that waits to be redacted is taken apart. */
  #asShown(json: string): string {
    if (this.shown === 'as-written' || !json.includes('"redaction"')) return json;
    return JSON.stringify(withoutOriginal(JSON.parse(json) as Entry));
  }

  /** Gives as many as there is room for, some to a frame. What is left is fetched again when there is. */
  #give(kept: readonly Kept[]): void {
    for (
      let rest = kept;
      rest.length > 0 && this.cursor !== Number.POSITIVE_INFINITY && this.#outlet.ready();
    ) {
      const count = fitting(rest);
      this.cursor = rest[count - 1]?.seq ?? this.cursor;
      const json = rest.slice(0, count).map((each) => this.#asShown(each.json));
      this.#outlet.entries(this.feed.name, `[${json.join(',')}]`);
      rest = rest.slice(count);
    }
  }
}

/** How many of these make one frame: at least one. */
function fitting(kept: readonly Kept[]): number {
  let length = 0;
  const tooMany = kept.findIndex(({ json }, index) => {
    length += json.length;
    return index > 0 && length > frameLength;
  });
  return tooMany < 0 ? kept.length : tooMany;
}
