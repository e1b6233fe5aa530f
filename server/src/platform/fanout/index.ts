import { randomUUID } from 'node:crypto';
import type { Audience, Entry, StreamName } from '@samtal/contract/conversations';

/** What nodes tell one another. Ids and counters, and what browsers sealed for each other: nothing that could be read on the way. */
export type Announcement =
  /** The stream has entries up to `head`. `entries` are there when this node wrote them. */
  | {
      kind: 'entries';
      account: string;
      conversation: string;
      audience: Audience;
      head: number;
      entries?: Entry[];
    }
  | {
      kind: 'receipts';
      account: string;
      conversation: string;
      visitorDelivered: number;
      visitorRead: number;
      agentRead: number;
    }
  | {
      kind: 'typing';
      account: string;
      stream: StreamName;
      actor: 'visitor' | 'agent';
      on: boolean;
      from: string;
    }
  /** Session data (E9): the key of the agent who has the conversation, the question for it, and what was sealed to it. */
  | { kind: 'show-key'; account: string; stream: StreamName; key: string }
  | { kind: 'show-ask'; account: string; stream: StreamName }
  | { kind: 'show'; account: string; stream: StreamName; key: string; from: string; sealed: string }
  /** The page that showed something has gone. */
  | { kind: 'show-end'; account: string; stream: StreamName; from: string }
  /** Lists of the console that changed: for everyone in the account, or for these users. */
  | { kind: 'lists'; account: string; lists: ('mine' | 'waiting' | 'presence')[]; users?: string[] }
  /** These conversations were erased: whoever follows one must let go of it. */
  | { kind: 'erased'; account: string; conversations: readonly string[] }
  /** Whoever is connected with this session must go: it ended, or what it allows changed. */
  | { kind: 'recheck'; session: string }
  /** The same for everyone who works in the account: from where that may be has changed. */
  | { kind: 'recheck-account'; account: string }
  /** Keys of the account were destroyed: whatever is unwrapped of its keys must go. */
  | { kind: 'keys-destroyed'; account: string };

/** How announcements reach other nodes: PostgreSQL's NOTIFY, or a broker. */
export interface Carrier {
  send(line: string, options: { losable: boolean }): void;
}

/**
 * Tells every node what happened. An announcement is a hint that saves a second of waiting, never the only way to
 * learn something: streams are compared with the database every second, and lists are loaded again anyway.
 */
export class Fanout {
  readonly node = randomUUID();
  readonly #listeners = new Set<(announcement: Announcement, own: boolean) => void>();
  #carrier: Carrier | null = null;

  /** Before this, and without it, announcements stay in the process. */
  attach(carrier: Carrier): void {
    this.#carrier = carrier;
  }

  /** `own`: made by this node. */
  listen(listener: (announcement: Announcement, own: boolean) => void): void {
    this.#listeners.add(listener);
  }

  announce(announcement: Announcement): void {
    this.#tell(announcement, true);
    const carried = { ...announcement };
    if (carried.kind === 'entries') delete carried.entries;
    this.#carrier?.send(`${this.node} ${JSON.stringify(carried)}`, {
      losable: announcement.kind === 'typing',
    });
  }

  /** A line that a carrier brought; this node's own are known already. */
  receive(line: string): void {
    const space = line.indexOf(' ');
    if (space < 0 || line.slice(0, space) === this.node) return;
    const announcement = announcementIn(line.slice(space + 1));
    if (announcement !== null) this.#tell(announcement, false);
  }

  #tell(announcement: Announcement, own: boolean): void {
    for (const listener of this.#listeners) listener(announcement, own);
  }
}

/** Null for what is no announcement: anyone who reaches the database can notify, and must not end the process with it. */
function announcementIn(json: string): Announcement | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && 'kind' in value ? (value as Announcement) : null;
  } catch {
    return null;
  }
}
