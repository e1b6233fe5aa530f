import { Button } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { ConfirmDialog } from '../../ui/index.ts';
import type { Pending } from './pending.ts';
import classes from './settings.module.css';

interface UnsavedBarProps {
  pending: Pending;
  /** The word on the button that goes on to saving. */
  action: string;
  onReview: () => void;
  onDiscard: () => void;
}

/** Says that there are changes that are not saved, and asks before somebody leaves them behind. */
export function UnsavedBar({ pending, action, onReview, onDiscard }: UnsavedBarProps) {
  const { t, count } = useText();
  const leaving = useBlocker({
    shouldBlockFn: () => pending.size > 0,
    enableBeforeUnload: pending.size > 0,
    withResolver: true,
  });
  return (
    <>
      {pending.size > 0 && (
        <div className={classes.bar} role="region" aria-label={t('settings.not-saved')}>
          <span>{count('settings.changes', pending.size)}</span>
          <Button variant="default" onClick={onDiscard}>
            {t('settings.discard')}
          </Button>
          <Button onClick={onReview}>{action}</Button>
        </div>
      )}
      <ConfirmDialog
        opened={leaving.status === 'blocked'}
        title={t('settings.not-saved')}
        says={t('settings.leave')}
        action={t('settings.discard')}
        danger
        onConfirm={async () => leaving.proceed?.()}
        onClose={() => leaving.reset?.()}
      />
    </>
  );
}
