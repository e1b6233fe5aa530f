import { Refusal } from '../../platform/http/index.ts';

const windowMs = 60_000;

/** Counts what somebody does, in the memory of this node and for a minute. */
export class Throttle {
  readonly #perMinute: number;
  #counts = new Map<string, number>();
  #since = Date.now();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Refuses with request.rate-limited. */
  check(who: string): void {
    if (Date.now() - this.#since > windowMs) {
      this.#counts = new Map();
      this.#since = Date.now();
    }
    const count = (this.#counts.get(who) ?? 0) + 1;
    this.#counts.set(who, count);
    if (count > this.#perMinute) throw new Refusal('request.rate-limited', { retryAfterS: 60 });
  }
}
