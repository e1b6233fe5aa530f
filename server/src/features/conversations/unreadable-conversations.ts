import type { Log } from '../../platform/log/index.ts';

const mostKept = 10_000;

/**
 * Tells operators of conversations in which something cannot be opened: damaged, or without its key. Whoever comes upon one
 * goes on with all others. Each is told of once by each node, however often it is met.
 */
export class UnreadableConversations {
  readonly #log: Log;
  readonly #told = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  note(accountId: string, conversationId: string): void {
    const key = `${accountId}/${conversationId}`;
    if (this.#told.has(key)) return;
    if (this.#told.size >= mostKept) this.#told.clear();
    this.#told.add(key);
    this.#log.error('conversation-unreadable', { accountId, conversationId });
  }
}
