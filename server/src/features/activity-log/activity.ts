import type { ActivityKind } from '@samtal/contract/activity-log';

/** What a visitor's browser did, before it is kept. */
export interface Activity {
  readonly account: string;
  readonly siteId: string;
  /** The visitor session. */
  readonly visitorId: string;
  readonly kind: ActivityKind;
  readonly at: Date;
  /** As the HTTP layer gives it: from the peer, or from a proxy that is trusted. */
  readonly address: string;
  /** The header `user-agent` as it came. Only its class is kept. */
  readonly userAgent: string | undefined;
  readonly conversationId?: string;
  /** Where the visitor is, for the kind `page`. */
  readonly path?: string;
}

/** What is kept of it. */
export interface ActivityEntry {
  readonly id: string;
  readonly visitorId: string;
  readonly kind: ActivityKind;
  readonly at: Date;
  readonly address: string;
  readonly agent: string;
  readonly siteId: string;
  readonly conversationId: string | null;
  readonly path: string | null;
}

const dayMs = 24 * 60 * 60_000;

/** The day in UTC, as ISO 8601 writes it. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** The first day that is kept when so many days are: today is one of them. */
export function firstKeptDay(now: Date, keptDays: number): string {
  return dayOf(new Date(now.getTime() - (keptDays - 1) * dayMs));
}
