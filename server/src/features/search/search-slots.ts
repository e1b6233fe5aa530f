import { Refusal } from '../../platform/http/index.ts';

/** Searches that one node does at a time: opening texts keeps a processor busy, and conversations go first. */
const slots = 2;

/** Lets one search of each user, and so many together, be under way on this node. */
export class SearchSlots {
  readonly #searching = new Set<string>();

  /** Refuses with request.rate-limited when there is no room: the client tries again a second later. */
  async within<Result>(userId: string, search: () => Promise<Result>): Promise<Result> {
    if (this.#searching.has(userId) || this.#searching.size >= slots)
      throw new Refusal('request.rate-limited', { retryAfterS: 1 });
    this.#searching.add(userId);
    try {
      return await search();
    } finally {
      this.#searching.delete(userId);
    }
  }
}
