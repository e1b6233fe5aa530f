import { countOf, seconds } from './base.ts';
import type { Metric, StatisticsSubject } from './metric.ts';

export interface MetricText {
  readonly title: string;
  readonly says: string;
  readonly source: readonly string[];
}

export function sum(list: readonly number[]): number {
  return list.reduce((total, each) => total + each, 0);
}

/** How many: a base measure as it is, or the length of a list. */
export function count(subject: StatisticsSubject, name: string, measure: string, text: MetricText): Metric {
  return {
    subject,
    name,
    unit: 'count',
    version: 1,
    formula: 'count',
    additive: true,
    of: (base) => countOf(base, measure),
    ...text,
  };
}

/** How long: a base measure in milliseconds, as seconds. Null where nobody may know it. */
export function duration(
  subject: StatisticsSubject,
  name: string,
  measure: string,
  text: MetricText,
): Metric {
  return {
    subject,
    name,
    unit: 's',
    version: 1,
    formula: 'sum',
    additive: true,
    of: (base) => (measure in base ? seconds(countOf(base, measure)) : null),
    ...text,
  };
}
