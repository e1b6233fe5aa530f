import {
  dataServiceLimits,
  longestDays,
  type DataServiceConfiguration,
  type DataServiceQuery,
} from '@samtal/contract/data-services';
import {
  metricsOf,
  subjects,
  type StatisticsDimension,
  type StatisticsGrain,
  type StatisticsSubject,
} from '@samtal/contract/statistics';

/** A service as it is being written. */
export type Draft = DataServiceConfiguration;

export const newDraft: Draft = {
  key: '',
  name: '',
  description: '',
  enabled: true,
  requestsPerMinute: dataServiceLimits.defaultRequestsPerMinute,
  roleIds: [],
  query: questionAbout('queues'),
};

/** A question about another subject begins anew: it has other figures and dimensions. */
export function questionAbout(subject: StatisticsSubject): DataServiceQuery {
  return {
    subject,
    measures: metricsOf(subject)
      .slice(0, 3)
      .map(({ name }) => name),
    by: null,
    // Each conversation is a row of its own, whatever it is put under: so it is asked for by any hours.
    grain: subject === 'conversations' ? 'hour' : 'day',
    period: { kind: 'given', longestDays: 31 },
    filters: { queueIds: null, siteIds: null },
    parameters: { queue: 'not', site: 'not', agent: 'not' },
  };
}

/** The same question by hours, days or as a whole, with a period that there are figures of. */
export function withGrain(query: DataServiceQuery, grain: StatisticsGrain): DataServiceQuery {
  return withPeriod({ ...query, grain }, query.period);
}

/** The same question about another period, as long as can be at most. */
export function withPeriod(query: DataServiceQuery, period: DataServiceQuery['period']): DataServiceQuery {
  if (period.kind === 'given') {
    const days = clamped(period.longestDays, mostOf(query, period));
    return { ...query, period: { kind: 'given', longestDays: days } };
  }
  const unit = query.grain === 'day' ? 'day' : period.unit;
  const last = { kind: 'last', unit, count: period.count } as const;
  return { ...query, period: { ...last, count: clamped(period.count, mostOf(query, last)) } };
}

/** How many days, or hours where the period is of hours, there are figures of at once. */
export function mostOf(
  { subject, grain }: Pick<DataServiceQuery, 'subject' | 'grain'>,
  period: DataServiceQuery['period'],
): number {
  if (period.kind === 'last' && period.unit === 'hour') return 31 * 24;
  return longestDays(subject, grain);
}

function clamped(value: number, most: number): number {
  return Math.min(Math.max(1, Math.trunc(value) || 1), most);
}

/** By what the rows of a subject can be told apart; none where each is about one conversation. */
export function groupings(subject: StatisticsSubject): readonly StatisticsDimension[] {
  return subject === 'conversations' ? [] : subjects[subject].dimensions;
}

/** A key that says what the name says: `Väntetid per kö` becomes `vantetid-per-ko`. */
export function keyFor(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
}
