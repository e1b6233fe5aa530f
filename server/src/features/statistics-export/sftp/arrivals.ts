import { Pace } from './pace.ts';

/**
 * New connections from each network over time. Known are only networks that came lately, and of those the last ones: more than that would
 * let strangers fill the memory.
 */
export class Arrivals {
  readonly #perMinute: number;
  readonly #mostNetworks: number;
  /** The one that came last at the end. */
  readonly #paces = new Map<string, Pace>();

  constructor({ perMinute, mostNetworks }: { perMinute: number; mostNetworks: number }) {
    this.#perMinute = perMinute;
    this.#mostNetworks = mostNetworks;
  }

  /** Whether another one may come from there now. Milliseconds, on any clock. */
  admits(network: string, now: number): boolean {
    const pace = this.#paces.get(network) ?? new Pace(this.#perMinute, now);
    this.#paces.delete(network);
    this.#paces.set(network, pace);
    const [longestAgo] = this.#paces.keys();
    if (this.#paces.size > this.#mostNetworks && longestAgo !== undefined) this.#paces.delete(longestAgo);
    return pace.takesNow(now);
  }

  /** Whoever may come as often as somebody new need not be known. */
  forgetOld(now: number): void {
    for (const [network, pace] of this.#paces) if (pace.isFull(now)) this.#paces.delete(network);
  }

  get size(): number {
    return this.#paces.size;
  }
}
