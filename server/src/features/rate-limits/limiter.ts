import { performance } from 'node:perf_hooks';
import type { Database } from '../../platform/database/index.ts';
import type { Pace } from '../../platform/http/index.ts';
import { takeShare } from './queries.ts';

/** What a node may still let through of a caller’s requests in this window, without asking anybody. */
interface Lease {
  readonly limit: number;
  /** Of the share that this node has. */
  left: number;
  /** Of the window, that no node had taken when this one last asked. */
  readonly unshared: number;
  readonly endsAtMs: number;
}

/** Expired leases are looked for when there are so many. */
const sweepAbove = 5_000;

/**
 * How many requests each caller may make in a minute, over all nodes (C8). A node takes shares of a twentieth of the limit out of
 * the one row that counts them, and lets requests through from its share in memory: one write for each share, none for each
 * request, and none at all for a caller who has used everything up. So a caller never gets more than the limit in a window of the
 * database’s clock; on several nodes he may be refused earlier, by what lies unused in the shares of the others: at most a
 * share less one for each other node.
 */
export class RateLimiter {
  readonly #database: Database;
  readonly #windowS: number;
  readonly #leases = new Map<string, Lease>();
  /** Shares that are being asked for: whoever comes meanwhile waits for the same one. */
  readonly #asked = new Map<string, Promise<Lease>>();

  constructor({ database, windowS = 60 }: { database: Database; windowS?: number }) {
    this.#database = database;
    this.#windowS = windowS;
  }

  /** Counts a request. The limit is asked for where a share is taken, and not for each request. */
  async take(callerId: string, limitOf: () => Promise<number> | number): Promise<Pace> {
    for (;;) {
      const lease = this.#living(callerId);
      if (lease !== null && (lease.left > 0 || lease.unshared === 0)) return this.#counted(lease);
      await this.#ask(callerId, limitOf);
    }
  }

  /** How it stands with a caller who has used everything up; null for anybody else, as far as this node knows. */
  exhausted(callerId: string): Pace | null {
    const lease = this.#living(callerId);
    return lease !== null && lease.left === 0 && lease.unshared === 0 ? this.#paceOf(lease, false) : null;
  }

  #living(callerId: string): Lease | null {
    const lease = this.#leases.get(callerId);
    return lease === undefined || lease.endsAtMs <= performance.now() ? null : lease;
  }

  #counted(lease: Lease): Pace {
    const passes = lease.left > 0;
    if (passes) lease.left -= 1;
    return this.#paceOf(lease, passes);
  }

  #paceOf({ limit, left, unshared, endsAtMs }: Lease, passes: boolean): Pace {
    const resetS = Math.max(1, Math.ceil((endsAtMs - performance.now()) / 1000));
    return { passes, limit, remaining: left + unshared, resetS, windowS: this.#windowS };
  }

  async #ask(callerId: string, limitOf: () => Promise<number> | number): Promise<void> {
    let asked = this.#asked.get(callerId);
    if (asked === undefined) {
      asked = this.#takeShare(callerId, limitOf).finally(() => this.#asked.delete(callerId));
      this.#asked.set(callerId, asked);
    }
    await asked;
  }

  async #takeShare(callerId: string, limitOf: () => Promise<number> | number): Promise<Lease> {
    const limit = await limitOf();
    const share = Math.max(1, Math.ceil(limit / 20));
    const { got, taken, resetS } = await this.#database.transaction(
      'platform',
      async (tx) => await takeShare(tx, callerId, { share, limit, windowS: this.#windowS }),
    );
    const endsAtMs = performance.now() + resetS * 1000;
    const lease = { limit, left: got, unshared: got === 0 ? 0 : limit - taken, endsAtMs };
    if (this.#leases.size >= sweepAbove) this.#sweep();
    this.#leases.set(callerId, lease);
    return lease;
  }

  #sweep(): void {
    for (const callerId of this.#leases.keys()) {
      if (this.#living(callerId) === null) this.#leases.delete(callerId);
    }
  }
}
