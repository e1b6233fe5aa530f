import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { useNow } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { ExplainedMetric } from './explained.tsx';
import { measuresOf, metricsOf, useFormat } from './metrics.ts';
import { elapsed, hourMs, spanOf } from './period.ts';
import { figuresQuery } from './queries.ts';
import classes from './wallboard.module.css';

const names = ['offered', 'answered', 'abandoned', 'service_level', 'waiting_time_mean_s'];

/** What has come of the day until now. */
export function TodaySoFar() {
  const { t, formats } = useText();
  const format = useFormat();
  const now = Math.floor(useNow() / hourMs) * hourMs;
  const today = spanOf('today', now);
  const { data } = useQuery(
    figuresQuery(useAccount().id, { subject: 'queues', span: elapsed(today, now), grain: 'total' }, true),
  );
  const [row] = data?.rows ?? [];
  if (row === undefined) return null;
  const measures = measuresOf(row);
  return (
    <section className={classes.today} aria-labelledby="today-so-far">
      <h2 id="today-so-far">
        <Link to="/statistics/$subject" params={{ subject: 'queues' }} search={{ period: 'today' }}>
          {t('statistics.today')}
        </Link>{' '}
        <span>{t('statistics.today-from', { at: formats.time(today.from) })}</span>
      </h2>
      <ul>
        {metricsOf('queues')
          .filter(({ name }) => names.includes(name))
          .map((metric) => (
            <li key={metric.name}>
              <ExplainedMetric metric={metric} />
              <strong>{format(metric, measures[metric.name] ?? null)}</strong>
            </li>
          ))}
      </ul>
    </section>
  );
}
