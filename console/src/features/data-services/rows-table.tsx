import { Table, Text } from '@mantine/core';
import type { DataServiceQuery } from '@samtal/contract/data-services';
import { metricsOf, type FiguresRow, type Metric } from '@samtal/contract/statistics';
import { useText } from '../../text/index.ts';
import { ExplainedMetric, useFormat } from '../statistics/figures.ts';
import classes from './data-services.module.css';

/** More rows are no preview any more; the file has them all. */
const shownRows = 100;

/** The first rows of an answer, as a table that scrolls by itself. */
export function RowsTable({ query, rows }: { query: DataServiceQuery; rows: readonly FiguresRow[] }) {
  const { t, count, formats } = useText();
  const valueText = useValueText();
  const metrics = metricsOf(query.subject).filter(({ name }) => query.measures.includes(name));
  if (rows.length === 0) return <Text size="sm">{t('services.no-rows')}</Text>;
  const dimensions = rows[0]?.dimensions.filter(({ dimension }) => dimension !== 'conversation') ?? [];
  const periodText = ({ periodStart }: FiguresRow) =>
    query.grain === 'hour' ? formats.dateTime(periodStart) : formats.utcWeekday(periodStart);
  return (
    <div>
      <Text size="sm" mb={6} role="status">
        {count('services.rows', rows.length)}
        {rows.length > shownRows && ` ${t('services.first-rows', { count: String(shownRows) })}`}
      </Text>
      {/* A region that scrolls has to be within reach of the keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className={classes.scroll} aria-label={t('services.answer')} tabIndex={0}>
        <Table stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('services.from')}</Table.Th>
              {dimensions.map(({ dimension }) => (
                <Table.Th key={dimension} scope="col">
                  {dimension === 'conversation' ? '' : t(`statistics.by.${dimension}`)}
                </Table.Th>
              ))}
              {metrics.map((metric) => (
                <Table.Th key={metric.name} scope="col" className={classes.number ?? ''}>
                  <ExplainedMetric metric={metric} />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, shownRows).map((row) => (
              <Table.Tr key={`${row.periodStart} ${row.dimensions.map(({ id }) => id).join(' ')}`}>
                <Table.Td>{periodText(row)}</Table.Td>
                {dimensions.map(({ dimension }) => (
                  <Table.Td key={dimension}>
                    {row.dimensions.find((each) => each.dimension === dimension)?.name ?? '–'}
                  </Table.Td>
                ))}
                {metrics.map((metric) => (
                  <Table.Td key={metric.name} className={classes.number ?? ''}>
                    {valueText(metric, row.measures[metric.name] ?? null)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </div>
  );
}

/** Words and instants are of single conversations. */
function useValueText(): (metric: Metric, value: number | string | null) => string {
  const { formats } = useText();
  const format = useFormat();
  return (metric, value) => {
    if (typeof value === 'string') return metric.unit === 'instant' ? formats.dateTime(value) : value;
    return format(metric, value);
  };
}
