import { SegmentedControl, Switch } from '@mantine/core';
import type { FiguresRow } from '@samtal/contract/statistics';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useText } from '../../text/index.ts';
import { FiguresTable } from './figures-table.tsx';
import { measureOf, measuresOf, useFormat, useMetricText, type Measures, type Metric } from './metrics.ts';
import { dayMs, dayOf, hourMs, periodBetween, spanBefore, stepsOf } from './period.ts';
import { TimeChart, type ChartPoint } from './time-chart.tsx';
import { useView, type ChosenView } from './use-view.ts';
import { without, type View } from './view.ts';
import classes from './statistics.module.css';

interface OverTimeProps {
  /** What is drawn. */
  metric: Metric;
  /** What the table has. */
  metrics: readonly Metric[];
  rows: readonly FiguresRow[];
  /** Null where nothing is compared. */
  before: readonly FiguresRow[] | null;
  total: Measures | undefined;
  /** Null before anything has been counted. */
  countedUntil: string | null;
}

/** The hours or days of the period: one metric as a chart, or the figures as a table. */
export function OverTime({ metric, metrics, rows, before, total, countedUntil }: OverTimeProps) {
  const { t } = useText();
  const [view, change] = useView();
  const text = useMetricText();
  const asTable = view.table === true;
  return (
    <div className={classes.card}>
      <header className={classes.cardHead}>
        <h2>{t(`statistics.title-${view.grain}`, { metric: text(metric).title })}</h2>
        {asTable && <AllMetrics />}
        <SegmentedControl
          size="xs"
          aria-label={t('statistics.show-as')}
          data={[
            { value: 'chart', label: t('statistics.as-chart') },
            { value: 'table', label: t('statistics.as-table') },
          ]}
          value={asTable ? 'table' : 'chart'}
          onChange={(value) => change({ table: value === 'table' ? true : undefined })}
        />
      </header>
      {asTable ? (
        <PeriodTable metrics={metrics} rows={rows} total={total} />
      ) : (
        <Drawing metric={metric} rows={rows} before={before} />
      )}
      <TimeNote view={view} countedUntil={countedUntil} />
    </div>
  );
}

export function AllMetrics() {
  const { t } = useText();
  const [view, change] = useView();
  return (
    <Switch
      size="xs"
      label={t('statistics.all-metrics')}
      checked={view.all === true}
      onChange={({ currentTarget }) => change({ all: currentTarget.checked ? true : undefined })}
    />
  );
}

function Drawing({ metric, rows, before }: Pick<OverTimeProps, 'metric' | 'rows' | 'before'>) {
  const { t } = useText();
  const format = useFormat();
  const text = useMetricText();
  const name = usePointName();
  const [view, change] = useView();
  const points = pointsOf(view, { metric, rows, before, name });
  const stepsBefore = stepsOf(spanBefore(view.period, view.now), view.grain);
  const say = (point: ChartPoint) => {
    const stepBefore = stepsBefore[points.indexOf(point)];
    return [
      t('statistics.figure', { metric: text(metric).title, value: format(metric, point.value) }),
      ...(point.before === null || stepBefore === undefined
        ? []
        : [
            t('statistics.figure-before', {
              when: name(stepBefore).long,
              value: format(metric, point.before),
            }),
          ]),
      ...(point.underWay ? [t('statistics.under-way')] : []),
    ];
  };
  const shape = metric.additive ? 'bars' : 'line';
  return (
    <>
      <TimeChart
        points={points}
        shape={shape}
        measure={measureOf(metric)}
        label={t('statistics.chart', {
          metric: text(metric).title,
          period: t(`statistics.grain-${view.grain}`),
        })}
        say={say}
        format={(value) => format(metric, value)}
        {...(view.grain === 'day'
          ? {
              onOpen: ({ start }: ChartPoint) => {
                const day = dayOf(start);
                if (start < view.span.to)
                  change({ period: periodBetween(day, day) ?? undefined, grain: undefined });
              },
            }
          : {})}
      />
      <ul className={classes.legend} data-shape={shape} aria-hidden="true">
        <li data-is="now">{text(metric).title}</li>
        {points.some(({ underWay }) => underWay) && <li data-is="under-way">{t('statistics.under-way')}</li>}
        {before !== null && <li data-is="before">{t('statistics.period-before')}</li>}
        {view.grain === 'day' && <li>{t('statistics.open-day')}</li>}
      </ul>
    </>
  );
}

interface PointName {
  short: string;
  long: string;
  /** In a table. */
  cell: string;
}

/** Hours are said in local time, days as the UTC days that they are. */
function usePointName(): (at: number) => PointName {
  const { formats } = useText();
  const [{ grain, whole }] = useView();
  return (at) => {
    if (grain === 'day')
      return { short: formats.utcDay(at), long: formats.longUtcDay(at), cell: formats.utcWeekday(at) };
    const time = formats.time(at);
    const severalDays = whole.to - whole.from > dayMs;
    const long = `${formats.dateTime(at)} – ${formats.time(at + hourMs)}`;
    return {
      cell: severalDays ? long : `${time} – ${formats.time(at + hourMs)}`,
      long,
      short: severalDays && at % dayMs === 0 ? formats.utcDay(at) : time,
    };
  };
}

function pointsOf(
  view: ChosenView,
  {
    metric,
    rows,
    before,
    name,
  }: Pick<OverTimeProps, 'metric' | 'rows' | 'before'> & { name: (at: number) => PointName },
): ChartPoint[] {
  const length = view.grain === 'day' ? dayMs : hourMs;
  const valuesNow = valuesOf(rows, metric);
  const valuesBefore = valuesOf(before ?? [], metric);
  const stepsBefore = stepsOf(spanBefore(view.period, view.now), view.grain);
  // Where the server says nothing of an hour that has been, nothing happened in it; of those to come nobody knows.
  const nothing = metric.additive ? 0 : null;
  return stepsOf(view.whole, view.grain).map((start, index) => {
    const stepBefore = stepsBefore[index];
    return {
      start,
      value: valuesNow.get(start) ?? (start < view.span.to ? nothing : null),
      before: before === null || stepBefore === undefined ? null : (valuesBefore.get(stepBefore) ?? nothing),
      underWay: start < view.span.to && start + length > view.now,
      ...name(start),
    };
  });
}

function valuesOf(rows: readonly FiguresRow[], { name }: Metric): Map<number, number | null> {
  return new Map(rows.map((row) => [Date.parse(row.periodStart), measuresOf(row)[name] ?? null]));
}

function PeriodTable({ metrics, rows, total }: Pick<OverTimeProps, 'metrics' | 'rows' | 'total'>) {
  const { t } = useText();
  const [{ grain }] = useView();
  const name = usePointName();
  const lines = rows.map((row) => {
    const start = Date.parse(row.periodStart);
    return {
      key: row.periodStart,
      name: nameCell(grain, start, name(start).cell),
      measures: measuresOf(row),
    };
  });
  return (
    <FiguresTable
      label={t('statistics.over-time')}
      head={t(`statistics.grain-one-${grain}`)}
      metrics={metrics}
      lines={lines}
      total={total === undefined ? undefined : { key: 'total', name: t('statistics.total'), measures: total }}
    />
  );
}

function nameCell(grain: ChosenView['grain'], start: number, cell: string): ReactNode {
  if (grain === 'hour') return <time dateTime={new Date(start).toISOString()}>{cell}</time>;
  const day = dayOf(start);
  return (
    <Link
      to="."
      search={(view: View) => ({ ...without(view, 'grain'), period: periodBetween(day, day) ?? 'today' })}
      className={classes.narrow}
    >
      <time dateTime={day}>{cell}</time>
    </Link>
  );
}

/** Which clock the times are of, plainly. */
function TimeNote({ view, countedUntil }: { view: ChosenView; countedUntil: string | null }) {
  const { t, formats } = useText();
  const isUtc = new Date(view.whole.from).getTimezoneOffset() === 0;
  const values = {
    time: formats.time(view.whole.from),
    zone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  const key = isUtc ? 'statistics.time-utc' : (`statistics.time-${view.grain}` as const);
  return (
    <p className={classes.note}>
      {t(key, values)}{' '}
      {view.isUnderWay &&
        countedUntil !== null &&
        t('statistics.counted-until', { at: formats.time(countedUntil) })}
    </p>
  );
}
