import { useText } from '../../text/index.ts';
import { useFormat, useMetricText, type Measures, type Metric } from './metrics.ts';
import classes from './statistics.module.css';

interface PartsProps {
  title: string;
  metrics: readonly Metric[];
  measures: Measures;
}

/** Parts of one whole: each a bar with its name, its figure and its share, so that no colour has to be told from another. */
export function Parts({ title, metrics, measures }: PartsProps) {
  const { formats } = useText();
  const format = useFormat();
  const text = useMetricText();
  const whole = metrics.reduce((sum, { name }) => sum + (measures[name] ?? 0), 0);
  if (whole === 0) return null;
  return (
    <section className={classes.card} aria-label={title}>
      <h2>{title}</h2>
      <dl className={classes.parts}>
        {metrics.map((metric) => {
          const value = measures[metric.name] ?? 0;
          return (
            <div key={metric.name}>
              <dt>{text(metric).title}</dt>
              <dd>
                {format(metric, value)} <span>{formats.percent(value / whole)}</span>
              </dd>
              <span className={classes.bar} aria-hidden="true">
                <span style={{ width: `${(value / whole) * 100}%` }} />
              </span>
            </div>
          );
        })}
      </dl>
    </section>
  );
}
