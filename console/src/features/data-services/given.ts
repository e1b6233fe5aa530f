import type { DataServiceParameters, DataServiceQuery } from '@samtal/contract/data-services';

/** What somebody who tries a service has chosen: whole days (UTC, `YYYY-MM-DD`), the last one included, and ids. */
export interface Given {
  readonly first: string;
  readonly last: string;
  readonly queue: string | null;
  readonly site: string | null;
  readonly agent: string | null;
}

const dayMs = 86_400_000;

/** The last week, or less of it where the service answers for less; today with it. */
export function firstGiven({ period }: DataServiceQuery, now: number): Given {
  const days = period.kind === 'given' ? Math.min(7, period.longestDays) : 1;
  const today = Math.floor(now / dayMs) * dayMs;
  return {
    first: dayOf(today - (days - 1) * dayMs),
    last: dayOf(today),
    queue: null,
    site: null,
    agent: null,
  };
}

/** As a program would give it: what the definition does not take is left out. */
export function parametersOf({ period, parameters }: DataServiceQuery, given: Given): DataServiceParameters {
  const from = Date.parse(`${given.first}T00:00:00Z`);
  const to = Date.parse(`${given.last}T00:00:00Z`) + dayMs;
  const isWhole = Number.isFinite(from) && Number.isFinite(to);
  return {
    ...(period.kind === 'given' && isWhole
      ? { from: new Date(from).toISOString(), to: new Date(to).toISOString() }
      : {}),
    ...(parameters.queue === 'not' || given.queue === null ? {} : { queueId: given.queue }),
    ...(parameters.site === 'not' || given.site === null ? {} : { siteId: given.site }),
    ...(parameters.agent === 'not' || given.agent === null ? {} : { agentId: given.agent }),
  };
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
