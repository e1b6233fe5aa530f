import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { ExplainedMetric } from './explained.tsx';
import { useFormat, type Measures, type Metric } from './metrics.ts';
import classes from './statistics.module.css';

export interface FigureLine {
  readonly key: string;
  readonly name: ReactNode;
  readonly measures: Measures;
}

interface FiguresTableProps {
  label: string;
  /** Above the names. */
  head: string;
  metrics: readonly Metric[];
  lines: readonly FigureLine[];
  total?: FigureLine | undefined;
  /** The metric whose values are drawn in its column as well. */
  drawn?: string;
}

/** Figures as numbers, for everybody: what a chart shows and what it cannot. Scrolls sideways by itself, its names stay. */
export function FiguresTable({ label, head, metrics, lines, total, drawn }: FiguresTableProps) {
  const format = useFormat();
  const greatest = Math.max(
    0,
    ...lines.map(({ measures }) => (drawn === undefined ? 0 : (measures[drawn] ?? 0))),
  );
  const cells = ({ measures }: FigureLine, isTotal: boolean) =>
    metrics.map((metric) => {
      const value = measures[metric.name] ?? null;
      return (
        <Table.Td key={metric.name} className={classes.number}>
          {format(metric, value)}
          {metric.name === drawn && !isTotal && greatest > 0 && (
            <span className={classes.bar} aria-hidden="true">
              <span style={{ width: `${((value ?? 0) / greatest) * 100}%` }} />
            </span>
          )}
        </Table.Td>
      );
    });
  return (
    // A region that scrolls has to be within reach of the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={classes.scroll} aria-label={label} tabIndex={0}>
      <Table className={classes.figures}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{head}</Table.Th>
            {metrics.map((metric) => (
              <Table.Th key={metric.name} scope="col" className={classes.number}>
                <ExplainedMetric metric={metric} />
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((line) => (
            <Table.Tr key={line.key}>
              <Table.Th scope="row">{line.name}</Table.Th>
              {cells(line, false)}
            </Table.Tr>
          ))}
        </Table.Tbody>
        {total !== undefined && (
          <Table.Tfoot>
            <Table.Tr>
              <Table.Th scope="row">{total.name}</Table.Th>
              {cells(total, true)}
            </Table.Tr>
          </Table.Tfoot>
        )}
      </Table>
    </section>
  );
}
