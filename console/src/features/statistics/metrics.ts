import {
  metricsOf as allMetricsOf,
  type FiguresRow,
  type Metric,
  type StatisticsDimension,
} from '@samtal/contract/statistics';
import { useText } from '../../text/index.ts';
import type { Measure } from './chart-scale.ts';

export type { Metric };
export type Dimension = StatisticsDimension;

/** The subjects that have a page, in the order of the pages. */
export const pagedSubjects = ['queues', 'agents', 'visitors', 'satisfaction'] as const;
export type Subject = (typeof pagedSubjects)[number];

export function metricsOf(subject: Subject): readonly Metric[] {
  return allMetricsOf(subject);
}

export type Measures = Readonly<Record<string, number | null>>;

/** The measures of a row. Words and instants are of single conversations, which no page shows. */
export function measuresOf({ measures }: FiguresRow): Measures {
  return Object.fromEntries(
    Object.entries(measures).map(([name, value]) => [name, typeof value === 'number' ? value : null]),
  );
}

export function measureOf({ unit }: Pick<Metric, 'unit'>): Measure {
  if (unit === 's') return 'seconds';
  if (unit === 'share' || unit === 'count' || unit === 'points') return unit;
  return 'number';
}

/** A value of the metric in words. Null is said by a dash: there was nothing to compute it from. */
export function useFormat(): (metric: Pick<Metric, 'unit'>, value: number | null) => string {
  const { formats } = useText();
  return (metric, value) => {
    if (value === null) return '–';
    switch (measureOf(metric)) {
      case 'seconds':
        return formats.seconds(value);
      case 'share':
        return formats.percent(value);
      case 'count':
      case 'points':
      case 'number':
        return formats.decimal(value);
    }
  };
}

interface MetricWords {
  readonly title: string;
  readonly says: string;
  readonly formula: string;
}

/** Of each language but English, which the registry itself speaks. They come with the pages of figures, and with no other. */
const catalogues = import.meta.glob<Readonly<Record<string, MetricWords>>>(
  '../../../../contract/text/metrics/*.json',
  { import: 'default', eager: true },
);

/** How metrics are called and explained in the words of the reader. */
export function useMetricText(): (metric: Metric) => MetricWords {
  const { locale } = useText();
  const words = catalogues[`../../../../contract/text/metrics/${locale}.json`];
  return (metric) => words?.[`${metric.subject}.${metric.name}`] ?? metric;
}
