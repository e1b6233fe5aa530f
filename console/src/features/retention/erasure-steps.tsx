import { erasureStates, type Erasure, type ErasureState } from '@samtal/contract/retention';
import { IconCheck, IconClock } from '@tabler/icons-react';
import { useText } from '../../text/index.ts';
import classes from './retention.module.css';

/** How far an erasure has come, as a line of steps: what each means, and when it was or will be. */
export function ErasureSteps({ erasure }: { erasure: Erasure }) {
  const { t, formats } = useText();
  const reached = erasureStates.indexOf(erasure.state);
  const when: Record<ErasureState, string | null> = {
    requested: erasure.requestedAt,
    'live-erased': erasure.liveErasedAt,
    'bucket-rotated': erasure.bucketRotatedAt,
    'backups-expired': erasure.backupsExpiredAt,
  };
  const waits = (state: ErasureState) => {
    if (state === 'live-erased' && erasure.held > 0) return t('erasure.waits-hold');
    if (state === 'bucket-rotated' && reached === 1) return t('erasure.waits-rotation');
    if (state === 'backups-expired' && erasure.backupsUntil !== null)
      return t('erasure.expected', { at: formats.dateTime(erasure.backupsUntil) });
    return '';
  };
  return (
    <ol className={classes.steps} aria-label={t('erasure.steps')}>
      {erasureStates.map((state, index) => {
        const at = when[state];
        return (
          <li key={state} data-done={index <= reached} data-next={index === reached + 1}>
            <span className={classes.mark} aria-hidden="true">
              {index <= reached ? <IconCheck size={12} stroke={3} /> : <IconClock size={12} />}
            </span>
            <span>
              <strong>{t(`erasure.state.${state}`)}</strong>
              <small>{index <= reached && at !== null ? formats.dateTime(at) : waits(state)}</small>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
