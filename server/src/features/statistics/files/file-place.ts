import type { StatisticsSubject } from '@samtal/contract/statistics';

/** What a file tells of. */
export interface FilePeriod {
  readonly grain: 'hour' | 'day';
  readonly start: Date;
}

const hourMs = 3_600_000;

export function endOfPeriod({ grain, start }: FilePeriod): Date {
  return new Date(start.getTime() + (grain === 'hour' ? hourMs : 24 * hourMs));
}

/**
 * Where a file lies and what it is called (I3): `Metrics/2026/11/26/queues-2026-11-26.csv`, and of an hour
 * `Metrics/2026/11/26/07/queues-2026-11-26T07.csv`, all in UTC. Corrections are counted from one: `….corr-1.csv`.
 */
export function filePlace(
  { grain, start }: FilePeriod,
  { subject, correction }: { subject: StatisticsSubject; correction: number },
): { folder: string; name: string } {
  const [date = '', time = ''] = start.toISOString().split('T');
  const hour = time.slice(0, 2);
  const folder = `Metrics/${date.replaceAll('-', '/')}`;
  const ending = correction === 0 ? '.csv' : `.corr-${correction}.csv`;
  return grain === 'day'
    ? { folder, name: `${subject}-${date}${ending}` }
    : { folder: `${folder}/${hour}`, name: `${subject}-${date}T${hour}${ending}` };
}
