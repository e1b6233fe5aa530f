import { setImmediate as othersGoOn } from 'node:timers/promises';
import {
  measure,
  mergeBase,
  metricsOf,
  subjects,
  type BaseMeasures,
  type FiguresQuery,
  type FiguresRow,
  type Metric,
  type MetricParameters,
  type StatisticsSubject,
} from '@samtal/contract/statistics';
import { Refusal } from '../../../platform/http/index.ts';
import type { BaseRow } from './base-row.ts';
import { periodOf } from './period.ts';
import type { Names } from './read-names.ts';

/** What figures are made with besides what was counted: with the same, they come out the same to the last byte. */
export interface MadeWith {
  readonly names: Names;
  readonly parameters: MetricParameters;
}

export interface Presented {
  readonly subject: StatisticsSubject;
  readonly query: FiguresQuery;
  readonly madeWith: MadeWith;
  /** Those that rows have; all of the subject when left out. */
  readonly measures?: readonly string[];
  /** More rows than this are refused with statistics.too-many. */
  readonly atMost?: number;
}

/** After so many of what was counted, whoever else waits for this node has a turn. */
const atAStretch = 500;

/** Rows of figures from what was counted, in their order. What it holds up of a node does not depend on how much it is. */
export async function presentRows(
  rows: readonly BaseRow[],
  { subject, query, madeWith, measures, atMost = Number.POSITIVE_INFINITY }: Presented,
): Promise<FiguresRow[]> {
  const metrics = metricsOf(subject).filter(({ name }) => measures?.includes(name) ?? true);
  const groups = Map.groupBy(rows.filter(isOf(subject, query.by)), (row) => keyOf(row, { subject, query }));
  if (groups.size > atMost) throw new Refusal('statistics.too-many');
  const presented: { row: FiguresRow; order: readonly string[] }[] = [];
  let done = 0;
  for (const [first, ...others] of groups.values()) {
    if (first === undefined) continue;
    const row = presentRow([first, ...others], { first, subject, query, metrics, ...madeWith });
    presented.push({ row, order: orderOf(row, first) });
    done += others.length + 1;
    if (done < atAStretch) continue;
    done = 0;
    await othersGoOn();
  }
  return presented.toSorted(inOrder).map(({ row }) => row);
}

type By = NonNullable<FiguresQuery['by']> | 'conversation';

function groupedBy(subject: StatisticsSubject, by: FiguresQuery['by']): By {
  return by ?? subjects[subject].by;
}

/** What belongs to no queue is in no row of a queue. */
function isOf(subject: StatisticsSubject, by: FiguresQuery['by']): (row: BaseRow) => boolean {
  const dimension = groupedBy(subject, by);
  if (dimension === 'all' || dimension === 'conversation') return () => true;
  return (row) => subject !== 'agents' || row[dimension] !== null;
}

function keyOf(
  row: BaseRow,
  { subject, query }: { subject: StatisticsSubject; query: FiguresQuery },
): string {
  const by = groupedBy(subject, query.by);
  const of = by === 'all' ? '' : String(row[by]);
  return `${periodOf(row.at, query).start.getTime()} ${of}`;
}

function presentRow(
  rows: readonly [BaseRow, ...BaseRow[]],
  {
    first,
    subject,
    query,
    metrics,
    parameters,
    names,
  }: {
    first: BaseRow;
    subject: StatisticsSubject;
    query: FiguresQuery;
    metrics: readonly Metric[];
    parameters: MetricParameters;
    names: Names;
  },
): FiguresRow {
  const { start, end } = periodOf(first.at, query);
  const base: BaseMeasures = rows.length === 1 ? first.base : mergeBase(rows.map((row) => row.base));
  return {
    periodStart: start.toISOString(),
    periodEnd: end.toISOString(),
    dimensions: dimensionsOf(subject, query.by).map((dimension) => {
      const id = first[dimension];
      return { dimension, id, name: id === null ? null : (names.get(id) ?? null) };
    }),
    measures: measure(metrics, base, parameters),
  };
}

const conversationDimensions = ['conversation', 'queue', 'site', 'agent'] as const;

/** What the rows of a subject are about, in the order of columns. */
export function dimensionsOf(
  subject: StatisticsSubject,
  by: FiguresQuery['by'],
): readonly (typeof conversationDimensions)[number][] {
  const dimension = groupedBy(subject, by);
  if (dimension === 'all') return [];
  return dimension === 'conversation' ? conversationDimensions : [dimension];
}

/** By time, conversations by when they were resolved, then by name; what has none comes last. */
function orderOf({ periodStart, dimensions }: FiguresRow, { conversation, at }: BaseRow): readonly string[] {
  return [
    periodStart,
    conversation === null ? '' : at.toISOString(),
    dimensions.map(({ name, id }) => `${name ?? '\uFFFF'} ${id ?? ''}`).join(' '),
  ];
}

function inOrder(
  { order: these }: { order: readonly string[] },
  { order: those }: { order: readonly string[] },
): number {
  for (const [index, text] of these.entries()) {
    const that = those[index] ?? '';
    if (text !== that) return text < that ? -1 : 1;
  }
  return 0;
}
