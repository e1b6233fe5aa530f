import { Button } from '@mantine/core';
import { IconCloudOff, IconRefresh, type Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useProblemText } from '../api/index.ts';
import { useText } from '../text/index.ts';
import classes from './states.module.css';

interface EmptyStateProps {
  icon: Icon;
  title: string;
  says?: string;
  /** Whether it is all there is on the page, and so its first heading. */
  isPage?: boolean;
  /** The next thing to do, if there is one. */
  action?: ReactNode;
}

/** What stands where a list or a page would, when there is nothing to show. */
export function EmptyState({ icon: StateIcon, title, says, isPage = false, action }: EmptyStateProps) {
  const Title = isPage ? 'h1' : 'p';
  return (
    <div className={classes.state}>
      <span className={classes.icon} aria-hidden="true">
        <StateIcon size={26} stroke={1.6} />
      </span>
      <Title className={classes.title}>{title}</Title>
      {says !== undefined && <p className={classes.says}>{says}</p>}
      {action}
    </div>
  );
}

interface ErrorStateProps {
  error: unknown;
  onRetry: () => void;
  /** Whether it is all there is on the page, and so its first heading. */
  isPage?: boolean;
}

/** What stands where something failed to load: why, and a way to try again. */
export function ErrorState({ error, onRetry, isPage = false }: ErrorStateProps) {
  const Title = isPage ? 'h1' : 'p';
  const { t } = useText();
  const problemText = useProblemText();
  return (
    <div className={classes.state} role="alert">
      <span className={classes.icon} data-tone="danger" aria-hidden="true">
        <IconCloudOff size={26} stroke={1.6} />
      </span>
      <Title className={classes.title}>{t('error.title')}</Title>
      <p className={classes.says}>{problemText(error)}</p>
      <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={onRetry}>
        {t('error.retry')}
      </Button>
    </div>
  );
}
