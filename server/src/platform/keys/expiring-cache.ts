/** What was put in less than `lifeMs` ago, and the newest `size` of it. */
export class ExpiringCache<Value> {
  readonly #lifeMs: number;
  readonly #size: number;
  readonly #entries = new Map<string, { value: Value; until: number }>();

  constructor({ lifeMs, size }: { lifeMs: number; size: number }) {
    this.#lifeMs = lifeMs;
    this.#size = size;
  }

  get(id: string): Value | undefined {
    const entry = this.#entries.get(id);
    return entry !== undefined && entry.until > Date.now() ? entry.value : undefined;
  }

  set(id: string, value: Value): void {
    this.#entries.delete(id);
    this.#entries.set(id, { value, until: Date.now() + this.#lifeMs });
    if (this.#entries.size <= this.#size) return;
    const oldest = this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }

  deleteWhere(isMeant: (id: string) => boolean): void {
    for (const id of this.#entries.keys()) if (isMeant(id)) this.#entries.delete(id);
  }
}
