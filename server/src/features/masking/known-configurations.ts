const most = 200;

/**
 * What is known of configurations, by their keys. Both ends of a thread have one and put the same keys into it in the same
 * order, so that each can tell what the other one has. When it is full everything goes at once.
 */
export class KnownConfigurations<Knowledge> {
  readonly #known = new Map<string, Knowledge>();

  has(key: string): boolean {
    return this.#known.has(key);
  }

  get(key: string): Knowledge | undefined {
    return this.#known.get(key);
  }

  add(key: string, knowledge: Knowledge): void {
    if (this.#known.size >= most) this.#known.clear();
    this.#known.set(key, knowledge);
  }
}
