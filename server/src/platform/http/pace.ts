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

/** Tells a caller how it stands (draft-ietf-httpapi-ratelimit-headers), and refuses what is beyond. */
export function keepPace(reply: FastifyReply, { passes, limit, remaining, resetS, windowS }: Pace): void {
  void reply.headers({
    'ratelimit-policy': `"requests";q=${limit};w=${windowS}`,
    ratelimit: `"requests";r=${remaining};t=${resetS}`,
  });
  if (!passes) throw new Refusal('request.rate-limited', { retryAfterS: resetS });
}
