/**
 * The realtime protocol, version 1. JSON text frames over a WebSocket (RFC 6455):
 * agents connect to `/api/v1/realtime/agent`, visitors to `/api/v1/realtime/visitor?site=<site key>`.
 *
 * The log in the database is the truth; frames carry it and hints about it. A client that reconnects says the last
 * seq it has of each stream and gets what is missing, so no frame needs to arrive.
 *
 * This file has no schemas, because the visitor’s browser loads it; the frames are in `frames.ts`.
 */
export const protocolVersion = 1;

/** Limits and times of the protocol, in one place because both sides keep them. */
export const realtime = {
  heartbeatMs: 15_000,
  /** A client resends a post that was not acknowledged for this long. */
  resendAfterMs: 3_000,
  /** More entries behind than this: the server answers `reset`, and the client loads pages over HTTP. */
  resumeLimit: 500,
  /** The largest frame a server takes. */
  maxFrameBytes: 64 * 1024,
  /** First reconnect after 0–100 ms, then full jitter over base · 2ⁿ up to the cap. */
  backoff: { firstMs: 100, baseMs: 300, visitorCapMs: 10_000, agentCapMs: 5_000 },
  /** When the visitor’s connection counts as weak and as lost (E3). */
  link: {
    weakRttMs: 800,
    weakSilenceMs: 20_000,
    lostSilenceMs: 35_000,
    /** A page change or a reload closes the socket too: only a gap that lasts is worth telling. */
    weakAfterCloseMs: 4_000,
    lostAfterCloseMs: 20_000,
    /** The server closes a socket that said nothing for this long. */
    dropSilenceMs: 45_000,
  },
} as const;
