import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePageTitle } from '../../ui/index.ts';
import { LanguageLinks } from './language-links.tsx';
import classes from './card.module.css';

/** The one card on the pages before signing in. */
export function Card({ title, says, children }: { title: string; says?: ReactNode; children: ReactNode }) {
  usePageTitle(title);
  return (
    <div className={classes.backdrop}>
      <main className={classes.main}>
        <div className={classes.brand}>
          <img src="/favicon.svg" alt="" width={36} height={36} />
          <span>Samtal</span>
        </div>
        <div className={classes.card}>
          <Title order={1} size="h2">
            {title}
          </Title>
          {says !== undefined && <p className={classes.says}>{says}</p>}
          {children}
        </div>
      </main>
      <LanguageLinks />
    </div>
  );
}
