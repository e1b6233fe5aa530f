import { longestDays, type DataServiceQuery } from '@samtal/contract/data-services';
import { metricsOf, subjects } from '@samtal/contract/statistics';
import { Refusal } from '../../platform/http/index.ts';

/**
 * Refuses a definition that could never be answered: with data-services.measure what is no metric of the subject, with
 * statistics.dimension what the subject is not told apart by, with data-services.period what is too long or has no whole days.
 * Without effects.
 */
export function judgeQuery(query: DataServiceQuery): void {
  refuseUnknownMeasures(query);
  refuseOtherDimensions(query);
  refuseUnfitPeriod(query);
}

function refuseUnknownMeasures({ subject, measures }: DataServiceQuery): void {
  const known = metricsOf(subject).map(({ name }) => name);
  const unknown = measures.findIndex((name) => !known.includes(name));
  if (unknown !== -1)
    throw new Refusal('data-services.measure', {
      fields: [{ pointer: `/body/query/measures/${unknown}`, problem: 'is no metric of the subject' }],
    });
}

function refuseOtherDimensions({ subject, by, filters, parameters }: DataServiceQuery): void {
  const known: readonly string[] = subjects[subject].dimensions;
  const named = [
    // Each conversation is a row of its own.
    ...(by === null || (by === 'all' && subject !== 'conversations') ? [] : [['by', by] as const]),
    ...(filters.queueIds === null ? [] : [['filters/queueIds', 'queue'] as const]),
    ...(filters.siteIds === null ? [] : [['filters/siteIds', 'site'] as const]),
    ...(['queue', 'site', 'agent'] as const)
      .filter((dimension) => parameters[dimension] !== 'not')
      .map((dimension) => [`parameters/${dimension}`, dimension] as const),
  ];
  const other = named.find(
    ([place, dimension]) => !known.includes(dimension) || (place === 'by' && subject === 'conversations'),
  );
  if (other !== undefined)
    throw new Refusal('statistics.dimension', {
      fields: [{ pointer: `/body/query/${other[0]}`, problem: 'is no dimension of the subject' }],
    });
}

function refuseUnfitPeriod({ subject, grain, period }: DataServiceQuery): void {
  const most = longestDays(subject, grain);
  const hours = period.kind === 'last' && period.unit === 'hour';
  const days = period.kind === 'given' ? period.longestDays : period.count / (hours ? 24 : 1);
  // Hours of a day that is not over are counted hour by hour.
  if (days > (hours ? 31 : most) || (hours && grain === 'day')) throw new Refusal('data-services.period');
}
