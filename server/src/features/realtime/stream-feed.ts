import {
  audienceOf,
  conversationOf,
  type Audience,
  type Entry,
  type StreamName,
} from '@samtal/contract/conversations';
import type { ServerFrame } from '@samtal/contract/realtime';
import type { ShowAnnouncement } from './session-data.ts';

/** Entries kept in memory for each stream that somebody follows. Readers further behind read from the database. */
const ringSize = 200;

/** Somebody who follows a stream. */
export interface Follower {
  /** The connection it belongs to. */
  readonly connection: string;
  /** Wakes the follower: there is something after its cursor. */
  wake(): void;
  /** Hands on a frame that is worth nothing later. */
  tell(frame: ServerFrame): void;
  /** Hands on what browsers show each other. */
  hear(announcement: ShowAnnouncement): void;
}

export interface Kept {
  readonly seq: number;
  /** The entry as it goes over the wire, so that many followers cost one serialisation. */
  readonly json: string;
}

/** What one node knows of one stream while somebody follows it there. */
export class StreamFeed {
  readonly account: string;
  readonly conversation: string;
  readonly audience: Audience;
  readonly name: StreamName;
  readonly followers = new Set<Follower>();
  readonly #ring: Kept[] = [];
  #head = 0;

  constructor(account: string, name: StreamName) {
    this.account = account;
    this.name = name;
    this.conversation = conversationOf(name);
    this.audience = audienceOf(name);
  }

  /** The last seq that can be handed over now, or read from the database. */
  get head(): number {
    return this.#head;
  }

  /** Learns that the stream reaches `head`, and perhaps how; followers are woken when that is news. */
  advance(head: number, entries: readonly Entry[] = []): void {
    if (head <= this.#head) return;
    for (const entry of entries) {
      const last = this.#ring.at(-1)?.seq ?? this.#head;
      // Only an unbroken run is kept. After a gap followers read from the database, and the ring starts anew.
      if (entry.seq > last + 1) this.#ring.length = 0;
      // What is kept shows numbers that must not be handed out any more: they are read again, and are redacted then.
      if (entry.kind === 'redacted' || entry.kind === 'notes-redacted') this.#ring.length = 0;
      if (entry.seq > last) this.#ring.push({ seq: entry.seq, json: JSON.stringify(entry) });
    }
    if (entries.length === 0) this.#ring.length = 0;
    if (this.#ring.length > ringSize) this.#ring.splice(0, this.#ring.length - ringSize);
    this.#head = head;
    for (const follower of this.followers) follower.wake();
  }

  /** Serialised entries after a cursor, when all of them are in memory; null when they are not. */
  after(cursor: number): Kept[] | null {
    const first = this.#ring[0];
    const last = this.#ring.at(-1);
    if (first === undefined || last === undefined || first.seq > cursor + 1 || last.seq < this.#head)
      return null;
    return this.#ring.filter((kept) => kept.seq > cursor);
  }
}
