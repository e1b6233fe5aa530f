import { AsyncLocalStorage } from 'node:async_hooks';
import type { Statement, Tx } from '../database/index.ts';

/** The chain of what concerns no single account: sign-ins, and operators’ work. */
export const platformChain = '00000000-0000-0000-0000-000000000000';

/** Who did it. An operator is whoever may run the command line, or with an id somebody whom an account has let in (B4). */
export type AuditActor =
  | { readonly kind: 'user' | 'api-key' | 'visitor' | 'export-account'; readonly id: string }
  | { readonly kind: 'operator'; readonly id?: string }
  | { readonly kind: 'system' | 'unknown' };

/** What happened, in ids and kinds: never a name, an address, or anything that somebody wrote (H2, G5). */
export interface AuditEvent {
  /** `feature.what-happened`, such as `users.invited`. */
  readonly action: string;
  readonly actor: AuditActor;
  /** What it happened to. */
  readonly subject?: { readonly kind: string; readonly id: string };
  readonly details?: Readonly<Record<string, string | number | boolean | readonly string[] | null>>;
}

const elevation = new AsyncLocalStorage<string>();

/**
 * Does something in an elevated session: whatever users are recorded to have done by it gets the detail `elevatedBy`, with
 * what they showed (C3). It travels beside the call, so that no action can forget it.
 */
export async function elevatedBy<Done>(shown: string, work: () => Promise<Done>): Promise<Done> {
  return await elevation.run(shown, work);
}

/** Writes events to the outbox in the transaction of what they record: both happen, or neither. */
export async function recordAudit(tx: Tx, account: string, ...events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  tx.send(insertEvents, [account, events.map((event) => JSON.stringify(withElevation(event)))]);
}

/** Writes one event to the outboxes of several chains. */
export async function recordAuditIn(tx: Tx, chains: readonly string[], event: AuditEvent): Promise<void> {
  tx.send(insertInChains, [chains, JSON.stringify(withElevation(event))]);
}

function withElevation(event: AuditEvent): AuditEvent {
  const shown = elevation.getStore();
  if (shown === undefined || event.actor.kind !== 'user') return event;
  return { ...event, details: { ...event.details, elevatedBy: shown } };
}

const insertEvents: Statement = {
  name: 'audit-insert-events',
  text: 'insert into audit_outbox (account_id, body) select $1, body from unnest($2::text[]) as body',
};

const insertInChains: Statement = {
  name: 'audit-insert-in-chains',
  text: 'insert into audit_outbox (account_id, body) select chain, $2 from unnest($1::uuid[]) as chain',
};
