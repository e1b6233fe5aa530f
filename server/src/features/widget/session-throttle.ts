import { networkOf } from '../../platform/networks/index.ts';
import { Throttle } from './throttle.ts';

/** New visitor sessions a minute from one address, or one /64 network of IPv6. An office shares an address. */
const perMinute = 120;

/** Holds back whoever makes visitor sessions in bulk. Kept in memory, for a minute: addresses are stored nowhere (G6). */
export class SessionThrottle {
  readonly #throttle = new Throttle(perMinute);

  /** Refuses with request.rate-limited. */
  check(address: string): void {
    this.#throttle.check(networkOf(address));
  }
}
