import type { StatisticsGrain } from '../statistics/index.ts';
import type { StatisticsSubject } from '../statistics/metric.ts';

/** For how many days at once there are figures: what is kept by the hour is asked for a month at a time, what is kept by the day, a leap year. */
export function longestDays(subject: StatisticsSubject, grain: StatisticsGrain): 31 | 366 {
  return subject === 'conversations' || grain === 'hour' ? 31 : 366;
}
