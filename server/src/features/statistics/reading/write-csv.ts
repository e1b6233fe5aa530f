import { metricsOf, type Figures, type FiguresRow } from '@samtal/contract/statistics';
import { csvRecord } from '../../../platform/csv/index.ts';

/**
 * Figures as CSV (RFC 4180): UTF-8, a header always, the period and the version of what the columns mean first, then what a row is
 * about, then its measures, or those that are named. Nothing in it says for whom it was written, so that the same figures are the same bytes.
 */
export function* writeCsv(
  { subject, version, rows }: Pick<Figures, 'subject' | 'version' | 'rows'>,
  dimensions: readonly string[],
  measures: readonly string[] = metricsOf(subject).map(({ name }) => name),
): Generator<string> {
  yield csvRecord([
    'period_start',
    'period_end',
    'metric_version',
    ...dimensions.flatMap((dimension) =>
      dimension === 'conversation' ? ['conversation_id'] : [`${dimension}_id`, `${dimension}_name`],
    ),
    ...measures,
  ]);
  for (const row of rows) yield csvRecord(cellsOf(row, version, measures));
}

function cellsOf(
  { periodStart, periodEnd, dimensions, measures }: FiguresRow,
  version: number,
  columns: readonly string[],
): (string | number | null)[] {
  return [
    periodStart,
    periodEnd,
    version,
    ...dimensions.flatMap(({ dimension, id, name }) => (dimension === 'conversation' ? [id] : [id, name])),
    ...columns.map((name) => measures[name] ?? null),
  ];
}
