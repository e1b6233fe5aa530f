import {
  measure,
  mergeBase,
  subjects,
  type BaseMeasures,
  type FiguresQuery,
  type FiguresRow,
  type MetricParameters,
  type StatisticsSubject,
} from '@samtal/contract/statistics';
import type { BaseRow } from './base-row.ts';
import { periodOf } from './period.ts';
import type { Names } from './read-names.ts';

/** What figures are made with besides what was counted: with the same, they come out the same to the last byte. */
export interface MadeWith {
  readonly names: Names;
  readonly parameters: MetricParameters;
}

/** Rows of figures from what was counted, in their order. Without effects. */
export function presentRows(
  rows: readonly BaseRow[],
  { subject, query, madeWith }: { subject: StatisticsSubject; query: FiguresQuery; madeWith: MadeWith },
): FiguresRow[] {
  const groups = Map.groupBy(rows.filter(isOf(subject, query.by)), (row) => keyOf(row, { subject, query }));
  return [...groups.values()]
    .flatMap(([first, ...others]) =>
      first === undefined ? [] : [presentRow([first, ...others], { first, subject, query, ...madeWith })],
    )
    .toSorted(inOrder);
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
    parameters,
    names,
  }: {
    first: BaseRow;
    subject: StatisticsSubject;
    query: FiguresQuery;
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
    measures: measure(subject, base, parameters),
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

/** By time, then by name; what has none comes last. */
function inOrder(one: FiguresRow, other: FiguresRow): number {
  const sorted = (row: FiguresRow) => [
    row.periodStart,
    String(row.measures['resolved_at'] ?? ''),
    row.dimensions.map(({ name, id }) => `${name ?? '\uFFFF'} ${id ?? ''}`).join(' '),
  ];
  const [these, those] = [sorted(one), sorted(other)];
  for (const [index, text] of these.entries()) {
    const that = those[index] ?? '';
    if (text !== that) return text < that ? -1 : 1;
  }
  return 0;
}
