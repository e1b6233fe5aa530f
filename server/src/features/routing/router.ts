import type { Database } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { Desk, UnreadableConversations } from '../conversations/index.ts';
import { routeConversations } from './route-conversations.ts';

/**
 * Routes an account's conversations as soon as something happened on this node that could let one be placed. Whatever
 * is missed that way, the watch (watch.ts) finds within a second.
 */
export class Router {
  readonly #database: Database;
  readonly #desk: Desk;
  readonly #log: Log;
  readonly #unreadable: UnreadableConversations;
  readonly #due = new Set<string>();
  #running: Promise<void> | null = null;

  constructor({
    database,
    desk,
    fanout,
    log,
    unreadable,
  }: {
    database: Database;
    desk: Desk;
    fanout: Fanout;
    log: Log;
    unreadable: UnreadableConversations;
  }) {
    this.#database = database;
    this.#unreadable = unreadable;
    this.#desk = desk;
    this.#log = log;
    fanout.listen((announcement, own) => {
      if (!own || announcement.kind !== 'lists') return;
      if (announcement.lists.includes('waiting') || announcement.lists.includes('presence'))
        this.wake(announcement.account);
    });
  }

  wake(account: string): void {
    this.#due.add(account);
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is being routed. */
  async settle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // After the announcement that woke us, so that its other listeners are not kept waiting.
    await Promise.resolve();
    for (const account of this.#due) {
      this.#due.delete(account);
      try {
        await this.#database.transaction(
          account,
          async (tx) =>
            await routeConversations(tx, account, { desk: this.#desk, unreadable: this.#unreadable }),
        );
      } catch (error) {
        this.#log.warn('routing-failed', { accountId: account }, error);
      }
    }
    this.#running = null;
    if (this.#due.size > 0) this.#running = this.#run();
  }
}
