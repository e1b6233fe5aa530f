import { useText } from '../../text/index.ts';
import { useNow } from '../../ui/index.ts';
import classes from './lists.module.css';

/** How long the offer still stands, in words and as a bar that runs out. */
export function OfferCountdown({ until, queuedAt }: { until: string | null; queuedAt: string }) {
  const { t, formats } = useText();
  const now = useNow();
  if (until === null) return null;
  const leftMs = Math.max(0, new Date(until).getTime() - now);
  const wholeMs = Math.max(1, Math.min(60_000, new Date(until).getTime() - new Date(queuedAt).getTime()));
  return (
    <div className={classes.countdown}>
      <span>{leftMs === 0 ? t('offer.passing') : t('offer.left', { time: formats.duration(leftMs) })}</span>
      <span className={classes.countdownTrack} aria-hidden="true">
        <span
          className={classes.countdownBar}
          style={{ width: `${Math.min(100, (leftMs / wholeMs) * 100)}%` }}
        />
      </span>
    </div>
  );
}
