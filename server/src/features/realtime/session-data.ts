import type { StreamName } from '@samtal/contract/conversations';
import type { ClientFrame, ServerFrame } from '@samtal/contract/realtime';
import type { Database } from '../../platform/database/index.ts';
import type { Announcement, Fanout } from '../../platform/fanout/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { readSettings } from '../settings/index.ts';
import { Allowance } from './allowance.ts';
import type { Party } from './party.ts';

export type ShowFrame = Extract<ClientFrame, { t: 'show-key' | 'show-ask' | 'show' }>;
export type ShowAnnouncement = Extract<Announcement, { kind: 'show-key' | 'show-ask' | 'show' | 'show-end' }>;

interface SessionDataParts {
  readonly database: Database;
  readonly fanout: Fanout;
}

/**
 * One connection's part in session data (E9): the visitor's browser seals it for the agent's, and this passes it on. It is
 * never kept: what is remembered here is to which key an agent's browser opens, and whether a visitor's shows anything.
 *
 * Whether it may pass is asked each time: the conversation is active, the visitor is in it, the agent has it, and the
 * site's settings want it. What may not is dropped without a word.
 */
export class SessionData {
  readonly #outlet: { readonly id: string; sendEphemeral(frame: ServerFrame): void };
  readonly #party: Party;
  readonly #parts: SessionDataParts;
  /** Agents: the key of each conversation that is open in this browser. */
  readonly #keys = new Map<StreamName, string>();
  /** Visitors: where this connection shows something. */
  readonly #showing = new Set<StreamName>();
  readonly #allowance = new Allowance(2, 20, Date.now());

  constructor(
    outlet: { readonly id: string; sendEphemeral(frame: ServerFrame): void },
    party: Party,
    parts: SessionDataParts,
  ) {
    this.#outlet = outlet;
    this.#party = party;
    this.#parts = parts;
  }

  /** A frame for a stream that this connection follows. */
  async take(frame: ShowFrame): Promise<void> {
    const { account } = this.#party;
    const { stream } = frame;
    if (this.#allowance.take(Date.now()) > 0 || !(await this.#mayPass(stream))) return;
    const { fanout } = this.#parts;
    switch (frame.t) {
      case 'show-key':
        this.#keys.set(stream, frame.key);
        return fanout.announce({ kind: 'show-key', account, stream, key: frame.key });
      case 'show-ask':
        return fanout.announce({ kind: 'show-ask', account, stream });
      case 'show': {
        const { key, sealed } = frame;
        this.#showing.add(stream);
        return fanout.announce({ kind: 'show', account, stream, key, from: this.#outlet.id, sealed });
      }
    }
  }

  /** What others on this stream say, on whatever node they are. */
  async hear(announcement: ShowAnnouncement): Promise<void> {
    const { stream } = announcement;
    if (this.#party.kind === 'visitor') {
      if (announcement.kind === 'show-key')
        this.#outlet.sendEphemeral({ t: 'show-key', stream, key: announcement.key });
      return;
    }
    const key = this.#keys.get(stream);
    if (key === undefined) return;
    // Another agent may have the conversation by now.
    if (!(await this.#mayPass(stream))) return void this.#keys.delete(stream);
    if (announcement.kind === 'show-ask') {
      this.#parts.fanout.announce({ kind: 'show-key', account: this.#party.account, stream, key });
    } else if (announcement.kind === 'show-end') {
      this.#outlet.sendEphemeral({ t: 'show', stream, from: announcement.from, sealed: null });
    } else if (announcement.kind === 'show' && announcement.key === key) {
      const { from, sealed } = announcement;
      this.#outlet.sendEphemeral({ t: 'show', stream, from, sealed });
    }
  }

  /** The connection has closed: what its page showed is shown no longer. */
  end(): void {
    const { account } = this.#party;
    for (const stream of this.#showing)
      this.#parts.fanout.announce({ kind: 'show-end', account, stream, from: this.#outlet.id });
  }

  async #mayPass(stream: StreamName): Promise<boolean> {
    const { account } = this.#party;
    try {
      return await this.#parts.database.read(account, async (tx) => {
        const siteId = await this.#party.talksAt(tx, stream);
        return siteId !== null && (await readSettings(tx, account, siteId))['session-data.shown'];
      });
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }
}
