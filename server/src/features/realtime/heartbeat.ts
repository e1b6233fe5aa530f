import { realtime } from '@samtal/contract/realtime';

const { link } = realtime;
/** This many slow answers in a row make a connection weak. */
const slowAnswers = 3;
/** Unsent bytes for this long: the other side does not keep up. */
const stuckBytes = 64 * 1024;
const stuckMs = 2_000;

/** How well one socket is heard, from answers to pings and from what waits to be sent. Times are ms of one clock. */
export class Heartbeat {
  #heardAt: number;
  #pingSentAt = 0;
  #ping = 0;
  #rttMs = 0;
  #slow = 0;
  #waitingMs = 0;
  #stuckSince: number | null = null;

  constructor(now: number) {
    this.#heardAt = now;
    this.#pingSentAt = now;
  }

  get pingedAt(): number {
    return this.#pingSentAt;
  }

  /** The number to send with the next ping. */
  ping(now: number): number {
    this.#pingSentAt = now;
    this.#ping += 1;
    return this.#ping;
  }

  heard(now: number): void {
    this.#heardAt = now;
  }

  /** `waitingMs`: the age of the client's oldest unanswered post. */
  pong(number: number, waitingMs: number, now: number): void {
    this.#waitingMs = waitingMs;
    if (number !== this.#ping) return;
    const rtt = now - this.#pingSentAt;
    this.#rttMs = this.#rttMs === 0 ? rtt : this.#rttMs * 0.7 + rtt * 0.3;
    this.#slow = this.#rttMs > link.weakRttMs ? this.#slow + 1 : 0;
  }

  unsent(bytes: number, now: number): void {
    if (bytes <= stuckBytes) this.#stuckSince = null;
    else this.#stuckSince ??= now;
  }

  silentMs(now: number): number {
    return now - this.#heardAt;
  }

  quality(now: number): 'ok' | 'weak' | 'lost' {
    const silent = this.silentMs(now);
    if (silent > link.lostSilenceMs) return 'lost';
    const stuck = this.#stuckSince !== null && now - this.#stuckSince > stuckMs;
    const waiting = this.#waitingMs > realtime.resendAfterMs;
    return silent > link.weakSilenceMs || this.#slow >= slowAnswers || waiting || stuck ? 'weak' : 'ok';
  }
}
