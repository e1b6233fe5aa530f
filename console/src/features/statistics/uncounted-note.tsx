import type { Figures } from '@samtal/contract/statistics';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useText } from '../../text/index.ts';
import classes from './statistics.module.css';

/** That hours could not be counted, since when, and what to do; nothing where all could. */
export function UncountedNote({ uncounted }: { uncounted: Figures['uncounted'] | undefined }) {
  const { t, formats, count } = useText();
  if (uncounted === null || uncounted === undefined) return null;
  const { from, hours, retriedAt } = uncounted;
  return (
    <section className={classes.behind} role="status">
      <IconAlertTriangle aria-hidden="true" />
      <div>
        <strong>{t('statistics.uncounted', { from: formats.dateTime(from) })}</strong>
        <span>
          {count('statistics.uncounted-hours', hours)}{' '}
          {t('statistics.uncounted-says', { at: formats.time(retriedAt) })}
        </span>
      </div>
    </section>
  );
}
