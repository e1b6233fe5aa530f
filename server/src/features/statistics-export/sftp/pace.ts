/** So many within a minute, and then one after the other as time goes on. Milliseconds, on any clock. */
export class Pace {
  readonly #most: number;
  #left: number;
  #at: number;

  constructor(perMinute: number, now: number) {
    this.#most = perMinute;
    this.#left = perMinute;
    this.#at = now;
  }

  /** Takes one, and says how long to wait for it. */
  take(now: number): number {
    const perMs = this.#most / 60_000;
    this.#left = Math.min(this.#most, this.#left + (now - this.#at) * perMs) - 1;
    this.#at = now;
    return this.#left >= 0 ? 0 : -this.#left / perMs;
  }
}
