import { Refusal } from '../../platform/http/index.ts';
import { networkOf } from '../../platform/networks/index.ts';

const windowMs = 60_000;
/** New visitor sessions a minute from one address, or one /64 network of IPv6. An office shares an address. */
const perWindow = 120;

/** Holds back whoever makes visitor sessions in bulk. Kept in memory, for a minute: addresses are stored nowhere (G6). */
export class SessionThrottle {
  #counts = new Map<string, number>();
  #since = Date.now();

  /** Refuses with request.rate-limited. */
  check(address: string): void {
    if (Date.now() - this.#since > windowMs) {
      this.#counts = new Map();
      this.#since = Date.now();
    }
    const network = networkOf(address);
    const count = (this.#counts.get(network) ?? 0) + 1;
    this.#counts.set(network, count);
    if (count > perWindow) throw new Refusal('request.rate-limited', { retryAfterS: 60 });
  }
}
