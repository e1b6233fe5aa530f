import { endpoint } from '../endpoint/index.ts';
import {
  closed,
  Id,
  Instant,
  listOf,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  Type,
  type Static,
} from '../shared/index.ts';
import { metricUnits, statisticsDimensions, statisticsSubjects, type Metric } from './metric.ts';

export { mergeBase, type BaseMeasures } from './base.ts';
export * from './metric.ts';
export { conversationEndings } from './other-metrics.ts';
export { measure, metrics, metricsOf } from './registry.ts';

const Subject = oneOf(...statisticsSubjects);

/** How a metric is called, and what it means. */
export const MetricDefinition = closed({
  subject: Subject,
  name: Type.String(),
  unit: oneOf(...metricUnits),
  version: Type.Integer({ minimum: 1 }),
  title: Type.String(),
  says: Type.String(),
  formula: Type.String(),
  source: Type.Array(Type.String()),
  additive: Type.Boolean(),
});
export type MetricDefinition = Static<typeof MetricDefinition>;

export function definitionOf(metric: Metric): MetricDefinition {
  const { subject, name, unit, version, title, says, formula, source, additive } = metric;
  return { subject, name, unit, version, title, says, formula, source: [...source], additive };
}

/** `hour` and `day` begin at full hours and days (UTC); `total` is the whole of what was asked for. */
export const statisticsGrains = ['hour', 'day', 'total'] as const;
export type StatisticsGrain = (typeof statisticsGrains)[number];

/** `from` is in, `to` is not. Both lie on a full hour, with `day` on midnight (UTC). At most 31 days by hours, 366 days otherwise. */
export const FiguresQuery = closed({
  from: Instant,
  to: Instant,
  grain: oneOf(...statisticsGrains),
  /** What rows are told apart by. Left out: what the subject says. `all`: nothing. */
  by: Type.Optional(oneOf('all', ...statisticsDimensions)),
  queueId: Type.Optional(Id),
  siteId: Type.Optional(Id),
  agentId: Type.Optional(Id),
});
export type FiguresQuery = Static<typeof FiguresQuery>;

export const FiguresRow = closed({
  periodStart: Instant,
  periodEnd: Instant,
  /** What the row is about, in the order of columns. No name: it is not there any more. A conversation has none. */
  dimensions: Type.Array(
    closed({
      dimension: oneOf(...statisticsDimensions, 'conversation'),
      id: nullable(Id),
      name: nullable(Type.String()),
    }),
  ),
  /** By the name of the metric; null where there is none, or where it is not yours to see. */
  measures: Type.Record(Type.String(), Type.Union([Type.Number(), Type.String(), Type.Null()])),
});
export type FiguresRow = Static<typeof FiguresRow>;

export const Figures = closed({
  subject: Subject,
  /** Of what its metrics mean. */
  version: Type.Integer(),
  /** Up to when everything is counted; null before the first time. What happened later is not in the figures yet. */
  countedUntil: nullable(Instant),
  /**
   * Hours that cannot be counted, or that belong to a day that cannot be put together: since the first of them, how many, and when that is
   * tried again. What happened in them is missing, there or in figures by day, and how long agents were there afterwards may come out different yet. Null: all can.
   */
  uncounted: nullable(closed({ from: Instant, hours: Type.Integer({ minimum: 1 }), retriedAt: Instant })),
  rows: Type.Array(FiguresRow),
});
export type Figures = Static<typeof Figures>;

/** How things are at this moment, within your scope. */
export const LiveFigures = closed({
  /** The scopes, with the names of what they hold; null where they come to the whole account. They add up. */
  scopes: nullable(
    Type.Array(
      closed({
        units: Type.Optional(Type.Array(Type.String())),
        queues: Type.Optional(Type.Array(Type.String())),
        sites: Type.Optional(Type.Array(Type.String())),
      }),
    ),
  ),
  /** What the account aims at: so many per cent answered within so many seconds. */
  serviceLevel: closed({ seconds: Type.Integer(), percent: Type.Integer() }),
  queues: Type.Array(
    closed({
      queueId: Id,
      name: Type.String(),
      /** Conversations that wait and are offered to nobody, that are offered to an agent, and that one is in. */
      waiting: Type.Integer(),
      offered: Type.Integer(),
      active: Type.Integer(),
      /** For how long the one has waited that entered the queue first, of those without an agent; null when there is none. */
      longestWaitSeconds: nullable(Type.Integer()),
    }),
  ),
  /** The sites whose conversations you see. */
  sites: Type.Array(closed({ siteId: Id, name: Type.String() })),
  /** Those who may have conversations that you see, and how many of these they have or are offered. */
  agents: Type.Array(
    closed({
      agentId: Id,
      name: Type.String(),
      state: oneOf('available', 'away', 'offline'),
      conversations: Type.Integer(),
      maxConversations: Type.Integer(),
    }),
  ),
});
export type LiveFigures = Static<typeof LiveFigures>;

const account = { accountId: Id };

export const listMetrics = endpoint({
  id: 'statistics.listMetrics',
  method: 'GET',
  path: '/accounts/{accountId}/statistics/metrics',
  summary: 'Every metric: what it means and how it is computed',
  access: { holding: 'statistics.view' },
  params: closed(account),
  status: 200,
  response: listOf(MetricDefinition),
});

const errors = ['statistics.period', 'statistics.dimension', 'statistics.too-many'] as const;

export const readFigures = endpoint({
  id: 'statistics.readFigures',
  method: 'GET',
  path: '/accounts/{accountId}/statistics/figures/{subject}',
  summary: 'The figures of a subject within your scope, by hour, by day, or of a whole period (UTC)',
  description:
    'Exact for every period, filter and grouping; at most 10,000 rows. The time that agents were there, and what follows from it, is in it where everything ' +
    'that the agent may do lies in your scope. Conversations are told one by one, each in the period in which it ended.',
  access: { holding: 'statistics.view' },
  params: closed({ ...account, subject: Subject }),
  query: FiguresQuery,
  status: 200,
  response: Figures,
  errors,
});

export const exportFigures = endpoint({
  id: 'statistics.exportFigures',
  method: 'GET',
  path: '/accounts/{accountId}/statistics/figures/{subject}/csv',
  summary: 'The same figures as a CSV file',
  access: { holding: 'statistics.view' },
  params: closed({ ...account, subject: Subject }),
  query: FiguresQuery,
  status: 200,
  media: ['text/csv'],
  errors,
});

export const readOwnFigures = endpoint({
  id: 'statistics.readOwnFigures',
  method: 'GET',
  path: '/accounts/{accountId}/statistics/own',
  summary: 'Your own figures as an agent, wherever your conversations were',
  access: { holding: 'conversations.handle' },
  notForKeys: true,
  params: closed(account),
  query: FiguresQuery,
  status: 200,
  response: Figures,
  errors,
});

/** A file of one hour or day (UTC), rendered once when that had closed. It never changes; what came out different later is a correction. */
export const StatisticsFile = closed({
  id: Id,
  subject: Subject,
  grain: oneOf('hour', 'day'),
  periodStart: Instant,
  periodEnd: Instant,
  /** 0: the file itself. Each correction holds the whole period anew; the highest one counts. */
  correction: Type.Integer({ minimum: 0 }),
  /** Where it lies, here and over SFTP: `Metrics/2026/11/26/queues-2026-11-26.csv`. */
  path: Type.String(),
  sizeBytes: Type.Integer(),
  /** Of its bytes, in hexadecimal. */
  sha256: Type.String(),
  publishedAt: Instant,
});
export type StatisticsFile = Static<typeof StatisticsFile>;

export const listStatisticsFiles = endpoint({
  id: 'statistics.listFiles',
  method: 'GET',
  path: '/accounts/{accountId}/statistics/files',
  summary: 'The files that were published, newest period first',
  description:
    'For who holds the authorisation for the whole account: files tell of all of it. Others find none. The same bytes as over SFTP and in the console.',
  access: { holding: 'statistics.view' },
  params: closed(account),
  query: closed({
    subject: Type.Optional(Subject),
    grain: Type.Optional(oneOf('hour', 'day')),
    from: Type.Optional(Instant),
    /** Not included. */
    to: Type.Optional(Instant),
    ...pageQuery,
  }),
  status: 200,
  response: pageOf(StatisticsFile),
});

export const openStatisticsFile = endpoint({
  id: 'statistics.openFile',
  method: 'GET',
  path: '/accounts/{accountId}/statistics/files/{fileId}',
  summary: 'A published file',
  access: { holding: 'statistics.view' },
  params: closed({ ...account, fileId: Id }),
  status: 200,
  media: ['text/csv'],
  errors: ['not-found'],
});

export const readLive = endpoint({
  id: 'statistics.readLive',
  method: 'GET',
  path: '/accounts/{accountId}/statistics/live',
  summary: 'How things are in queues and with agents at this moment, within your scope',
  access: { holding: 'statistics.view' },
  params: closed(account),
  status: 200,
  response: LiveFigures,
});
