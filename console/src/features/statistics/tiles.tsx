import { Skeleton, VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconEqual } from '@tabler/icons-react';
import { useText } from '../../text/index.ts';
import { changeOf, toneOf } from './change.ts';
import { ExplainedMetric } from './explained.tsx';
import { measureOf, useFormat, useMetricText, type Measures, type Metric } from './metrics.ts';
import classes from './statistics.module.css';

interface TilesProps {
  metrics: readonly Metric[];
  better: Readonly<Record<string, 'more' | 'less'>>;
  /** Undefined while they load. */
  now: Measures | undefined;
  /** Null where nothing is compared. */
  before: Measures | null;
  series: readonly Measures[];
  chosen: string;
  /** What the account aims at, by metric. */
  aims: Measures;
  onChoose: (metric: Metric) => void;
}

/** The main figures of the period, each with how it moved. The chosen one is drawn below. */
export function Tiles({ metrics, better, now, before, series, chosen, aims, onChoose }: TilesProps) {
  const { t } = useText();
  const format = useFormat();
  const text = useMetricText();
  return (
    <ul className={classes.tiles} aria-label={t('statistics.main')}>
      {metrics.map((metric) => {
        const { name } = metric;
        const value = now?.[name] ?? null;
        return (
          <li key={name} className={classes.tile} data-chosen={name === chosen || undefined}>
            <h2>
              <ExplainedMetric metric={metric} />
            </h2>
            <button
              type="button"
              aria-pressed={name === chosen}
              aria-label={t('statistics.draw', { metric: text(metric).title, value: format(metric, value) })}
              onClick={() => onChoose(metric)}
            >
              {now === undefined ? (
                <Skeleton height={30} width={72} />
              ) : (
                <span className={classes.value}>{format(metric, value)}</span>
              )}
              <Sparkline values={series.map((each) => each[name] ?? null)} />
            </button>
            {typeof aims[name] === 'number' && (
              <p className={classes.moved}>{t('statistics.aim', { value: format(metric, aims[name]) })}</p>
            )}
            {before !== null && now !== undefined && (
              <Moved metric={metric} now={value} before={before[name] ?? null} better={better[name]} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface MovedProps {
  metric: Metric;
  now: number | null;
  before: number | null;
  better: 'more' | 'less' | undefined;
}

const arrows = { up: IconArrowUp, down: IconArrowDown, same: IconEqual } as const;

/** By how much, in which direction, from what, and whether that is better. The arrow says it without its colour. */
function Moved({ metric, now, before, better }: MovedProps) {
  const { t, formats } = useText();
  const format = useFormat();
  const measure = measureOf(metric);
  const change = changeOf(now, before, measure);
  if (change === null) {
    return (
      <p className={classes.moved}>
        {before === null
          ? t('statistics.before-none')
          : t('statistics.before-was', { value: format(metric, before) })}
      </p>
    );
  }
  const tone = toneOf(change, better);
  const Arrow = arrows[change.direction];
  const by =
    measure === 'share'
      ? t('statistics.points', { points: formats.decimal(change.by * 100) })
      : formats.percent(change.by);
  return (
    <p className={classes.moved} data-tone={tone}>
      <Arrow size={14} stroke={2.2} aria-hidden="true" />
      <VisuallyHidden>{t(`statistics.moved.${change.direction}`)} </VisuallyHidden>
      {change.direction === 'same' ? t('statistics.unchanged') : by}
      {tone !== 'neutral' && <VisuallyHidden>, {t(`statistics.news.${tone}`)}</VisuallyHidden>}
      <span>{t('statistics.before-was', { value: format(metric, before) })}</span>
    </p>
  );
}

/** The run of a figure at a glance; the chart below has the numbers. */
function Sparkline({ values }: { values: readonly (number | null)[] }) {
  const greatest = Math.max(0, ...values.map((value) => value ?? 0));
  const wide = 96 / Math.max(1, values.length);
  return (
    <svg className={classes.sparkline} viewBox="0 0 96 26" preserveAspectRatio="none" aria-hidden="true">
      {values.map((value, index) => {
        if (value === null || greatest === 0) return null;
        const high = Math.max(1, (value / greatest) * 26);
        // Bars of one series have no identity but their place.
        // oxlint-disable-next-line react/no-array-index-key
        return <rect key={index} x={index * wide} y={26 - high} width={wide * 0.75} height={high} />;
      })}
    </svg>
  );
}
