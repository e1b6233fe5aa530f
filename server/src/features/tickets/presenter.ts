import type { TicketKey } from '@samtal/contract/tickets';
import type { StoredTicketKey } from './queries.ts';

export function presentTicketKey({ id, kid, algorithm, lastUsedOn, ...key }: StoredTicketKey): TicketKey {
  const endsAt = key.endsAt?.toISOString() ?? null;
  return { id, kid, algorithm, createdAt: key.createdAt.toISOString(), endsAt, lastUsedOn };
}
