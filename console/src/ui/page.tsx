import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePageTitle } from './document-title.ts';
import classes from './page.module.css';

interface PageProps {
  title: string;
  says?: ReactNode;
  actions?: ReactNode;
  /** Takes the room there is: for figures, of which one sees more at a glance. */
  wide?: boolean;
  children: ReactNode;
}

/** A page with a heading, what it is for, what can be done on it, and its content. */
export function Page({ title, says, actions, wide = false, children }: PageProps) {
  usePageTitle(title);
  return (
    <div className={classes.page} data-wide={wide || undefined}>
      <header className={classes.head}>
        <div>
          <Title order={1}>{title}</Title>
          {says !== undefined && <p className={classes.says}>{says}</p>}
        </div>
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
