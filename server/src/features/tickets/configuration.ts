import { TicketKeyConfiguration, type TicketAlgorithm } from '@samtal/contract/tickets';
import { restorer } from '../../platform/history/index.ts';
import { Refusal } from '../../platform/http/index.ts';

/** A key as its versions keep it. */
export function keyBody(key: {
  readonly siteId: string;
  readonly kid: string;
  readonly algorithm: TicketAlgorithm;
  readonly endsAt: Date | null;
}) {
  const { siteId, kid: name, algorithm, endsAt } = key;
  return { name, siteId, algorithm, endsAt: endsAt?.toISOString() ?? null };
}

/** Nothing of a key is restored: whoever had it revoked, or end, knew why. It can be added anew. */
export const restoreTicketKey = restorer(TicketKeyConfiguration, () =>
  Promise.reject(new Refusal('history.not-restorable')),
);
