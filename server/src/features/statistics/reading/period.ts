import { subjects, type FiguresQuery, type StatisticsSubject } from '@samtal/contract/statistics';
import { Refusal } from '../../../platform/http/index.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** What is kept by the hour is asked for a month at a time; what is kept by the day, a leap year. */
const atMostDays = { hour: 31, day: 366 };
/** Years that an instant of the interface can say (RFC 3339). */
const years = { first: Date.parse('0000-01-01T00:00:00Z'), last: Date.parse('9999-12-31T23:00:00Z') };

/** What is asked for, and of which figures it is put together. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
  readonly source: 'hour' | 'day';
}

/** Refuses with statistics.dimension what the subject is not told apart by, and with statistics.period what does not begin and end where figures do, or is too long. */
export function judgePeriod(subject: StatisticsSubject, { from, to, grain, by }: FiguresQuery): Period {
  // Each conversation is a row of its own.
  const groupings: readonly string[] =
    subject === 'conversations' ? [] : ['all', ...subjects[subject].dimensions];
  if (by !== undefined && !groupings.includes(by)) throw new Refusal('statistics.dimension');
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  const wholeDays = begin % dayMs === 0 && end % dayMs === 0;
  const source = subject === 'conversations' || grain === 'hour' || !wholeDays ? 'hour' : 'day';
  if (begin < years.first || end > years.last) throw new Refusal('statistics.period');
  const isAligned = begin % hourMs === 0 && end % hourMs === 0 && (grain !== 'day' || wholeDays);
  if (!isAligned || begin >= end || end - begin > atMostDays[source] * dayMs)
    throw new Refusal('statistics.period');
  return { from: new Date(begin), to: new Date(end), source };
}

/** The period of a row in which this moment lies. */
export function periodOf(at: Date, { from, to, grain }: FiguresQuery): { start: Date; end: Date } {
  if (grain === 'total') return { start: new Date(from), end: new Date(to) };
  const length = grain === 'hour' ? hourMs : dayMs;
  const start = Math.floor(at.getTime() / length) * length;
  return { start: new Date(start), end: new Date(start + length) };
}
