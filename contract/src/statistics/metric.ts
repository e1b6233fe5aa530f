import type { BaseMeasures } from './base.ts';

/** What a file, and a table of the console, is about. */
export const statisticsSubjects = ['visitors', 'queues', 'agents', 'conversations', 'satisfaction'] as const;
export type StatisticsSubject = (typeof statisticsSubjects)[number];

/** What figures can be grouped and filtered by. */
export const statisticsDimensions = ['queue', 'site', 'agent'] as const;
export type StatisticsDimension = (typeof statisticsDimensions)[number];

interface Subject {
  /** Raised with every change of what the columns of the subject mean: the first columns of a file say it. */
  readonly version: number;
  readonly title: string;
  /** By what its rows are told apart unless somebody asks for something else. */
  readonly by: StatisticsDimension | 'conversation';
  /** What its figures can be grouped and filtered by. */
  readonly dimensions: readonly StatisticsDimension[];
}

export const subjects: Readonly<Record<StatisticsSubject, Subject>> = {
  visitors: { version: 1, title: 'Visitors', by: 'site', dimensions: ['site'] },
  queues: { version: 1, title: 'Queues', by: 'queue', dimensions: ['queue', 'site'] },
  agents: { version: 1, title: 'Agents', by: 'agent', dimensions: ['agent', 'queue', 'site'] },
  conversations: {
    version: 1,
    title: 'Conversations',
    by: 'conversation',
    dimensions: ['agent', 'queue', 'site'],
  },
  satisfaction: { version: 1, title: 'Satisfaction', by: 'queue', dimensions: ['queue', 'site', 'agent'] },
};

export const metricUnits = ['count', 's', 'share', 'ratio', 'per-hour', 'points', 'instant', 'word'] as const;

/** What an account has chosen of how things are counted. It holds for every period, so that periods can be compared. */
export interface MetricParameters {
  /** Answered within so many seconds is answered in time. */
  readonly serviceLevelSeconds: number;
  /** Abandoned within so many seconds is not held against the service level. */
  readonly shortAbandonSeconds: number;
  /** What the service level is a share of. */
  readonly serviceLevelOf: 'answered-and-abandoned' | 'answered' | 'offered';
}

export interface Metric {
  readonly subject: StatisticsSubject;
  /** Its name in headers and answers, with its unit at the end where it has one. Unique within the subject. */
  readonly name: string;
  readonly unit: (typeof metricUnits)[number];
  /** Raised when what it means changes. */
  readonly version: number;
  readonly title: string;
  /** What it is, in words. */
  readonly says: string;
  readonly formula: string;
  /** The kinds of facts that it comes from. */
  readonly source: readonly string[];
  /** Whether the value of a day is the sum of its hours, and that of an account the sum of its places. */
  readonly additive: boolean;
  /** Its value, and null where there is none. Without effects. */
  readonly of: (base: BaseMeasures, parameters: MetricParameters) => number | string | null;
}
