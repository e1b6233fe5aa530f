import { Refusal } from '../../platform/http/index.ts';

/** Lets so many pieces of work run at once for each person, on this node. */
export class Turns {
  readonly #most: number;
  readonly #running = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Refuses with media.too-many. */
  async take<Result>(person: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.#running.get(person) ?? 0;
    if (running >= this.#most) throw new Refusal('media.too-many', { retryAfterS: 10 });
    this.#running.set(person, running + 1);
    try {
      return await work();
    } finally {
      const left = (this.#running.get(person) ?? 1) - 1;
      if (left === 0) this.#running.delete(person);
      else this.#running.set(person, left);
    }
  }
}
