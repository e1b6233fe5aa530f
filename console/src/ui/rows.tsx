import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../text/index.ts';
import { ErrorState } from './states.tsx';
import classes from './rows.module.css';

interface RowsProps {
  query: { isLoading: boolean; error: Error | null; data: unknown; refetch: () => unknown };
  /** What stands there when the list is empty. */
  empty: ReactNode;
  isEmpty: boolean;
  label: string;
  children: ReactNode;
}

/** A list as rows of a card: skeletons while it loads, the reason when it did not, and something kind when it is empty. */
export function Rows({ query, empty, isEmpty, label, children }: RowsProps) {
  const { t } = useText();
  if (query.isLoading) {
    return (
      <div className={classes.rows} role="status" aria-label={t('loading')}>
        {[0, 1, 2, 3].map((each) => (
          <div key={each} className={classes.row}>
            <div className={classes.words}>
              <Skeleton height={14} width="30%" />
              <Skeleton height={11} width="55%" mt={8} />
            </div>
          </div>
        ))}
      </div>
    );
  }
  if (query.error !== null && query.data === undefined) {
    return (
      <div className={classes.rows}>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </div>
    );
  }
  if (isEmpty) return <div className={classes.rows}>{empty}</div>;
  return (
    <ul className={classes.rows} aria-label={label}>
      {children}
    </ul>
  );
}

interface RowProps {
  title: ReactNode;
  says?: ReactNode;
  badges?: ReactNode;
  actions?: ReactNode;
  /** What needs the whole width, whatever stands beside the words. */
  below?: ReactNode;
}

export function Row({ title, says, badges, actions, below }: RowProps) {
  return (
    <li className={classes.row}>
      <div className={classes.words}>
        <div className={classes.title}>{title}</div>
        {says !== undefined && <div className={classes.says}>{says}</div>}
        {badges !== undefined && <div className={classes.badges}>{badges}</div>}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      {below !== undefined && <div className={classes.below}>{below}</div>}
    </li>
  );
}
