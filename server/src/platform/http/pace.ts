import type { FastifyReply } from 'fastify';
import { Refusal } from './refusal.ts';

/** How it stands with the requests of a caller in the running window (C8). */
export interface Pace {
  /** Whether this one is within the limit. */
  readonly passes: boolean;
  /** In a window. */
  readonly limit: number;
  readonly remaining: number;
  /** Until the window ends, seconds. */
  readonly resetS: number;
  readonly windowS: number;
}

/**
 * Tells a caller how it stands (draft-ietf-httpapi-ratelimit-headers), and refuses what is beyond. Where several policies hold at once,
 * each has a name, and a part of the same headers.
 */
export function keepPace(
  reply: FastifyReply,
  { passes, limit, remaining, resetS, windowS }: Pace,
  policy: 'requests' | 'data-service' = 'requests',
): void {
  addTo(reply, 'ratelimit-policy', `"${policy}";q=${limit};w=${windowS}`);
  addTo(reply, 'ratelimit', `"${policy}";r=${remaining};t=${resetS}`);
  if (!passes) throw new Refusal('request.rate-limited', { retryAfterS: resetS });
}

/** A header that is a list (RFC 9651, 3.1) gets one more member. */
function addTo(reply: FastifyReply, header: string, member: string): void {
  const before = reply.getHeader(header);
  void reply.header(header, before === undefined ? member : `${String(before)}, ${member}`);
}
