import type { StreamName } from '../conversations/streams.ts';
import { realtime } from './protocol.ts';
import type { PendingPost } from './thread.ts';

interface Waiting {
  readonly post: PendingPost;
  sentAt: number | null;
  /** The server asked for patience until then. */
  notBefore: number;
}

/**
 * The posts that the server has not answered yet. Of each stream one is under way at a time, the oldest, so that a post
 * which must be tried again is never overtaken by a later one. Times are ms since 1970.
 */
export class Outgoing {
  readonly #waiting = new Map<string, Waiting>();

  add(post: PendingPost): void {
    if (!this.#waiting.has(post.cid)) this.#waiting.set(post.cid, { post, sentAt: null, notBefore: 0 });
  }

  /** Whether the post was still waiting. */
  remove(cid: string): boolean {
    return this.#waiting.delete(cid);
  }

  of(stream: StreamName): PendingPost[] {
    return this.#inOrder()
      .map(({ post }) => post)
      .filter((post) => post.stream === stream);
  }

  delay(cid: string, until: number): void {
    const waiting = this.#waiting.get(cid);
    if (waiting !== undefined) Object.assign(waiting, { sentAt: null, notBefore: until });
  }

  /** The connection is gone: whatever was sent on it is sent again on the next one. */
  forgetSends(): void {
    for (const waiting of this.#waiting.values()) waiting.sentAt = null;
  }

  /** What is to be sent now, because it is new or was not answered in time. Counts as sent from here on. */
  takeDue(now: number): PendingPost[] {
    const busy = new Set<StreamName>();
    const due: PendingPost[] = [];
    for (const waiting of this.#inOrder()) {
      const { post, sentAt, notBefore } = waiting;
      if (busy.has(post.stream)) continue;
      busy.add(post.stream);
      if (notBefore > now || (sentAt !== null && now - sentAt < realtime.resendAfterMs)) continue;
      waiting.sentAt = now;
      due.push(post);
    }
    return due;
  }

  /** For how long the oldest post on the wire has had no answer, ms. */
  oldestMs(now: number): number {
    return Math.max(0, ...[...this.#waiting.values()].map(({ sentAt }) => now - (sentAt ?? now)));
  }

  #inOrder(): Waiting[] {
    return [...this.#waiting.values()].toSorted((a, b) => a.post.writtenAt - b.post.writtenAt);
  }
}
