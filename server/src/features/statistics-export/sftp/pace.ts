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
    this.#goOn(now);
    this.#left -= 1;
    return this.#left >= 0 ? 0 : (-this.#left * 60_000) / this.#most;
  }

  /** Takes one if it is there without waiting. */
  takesNow(now: number): boolean {
    this.#goOn(now);
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }

  /** Whether it is as if nothing had been taken. */
  isFull(now: number): boolean {
    this.#goOn(now);
    return this.#left >= this.#most;
  }

  #goOn(now: number): void {
    this.#left = Math.min(this.#most, this.#left + ((now - this.#at) * this.#most) / 60_000);
    this.#at = now;
  }
}
