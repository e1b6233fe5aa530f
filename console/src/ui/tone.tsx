import type { ReactNode } from 'react';
import classes from './states.module.css';

export type Tone = 'neutral' | 'good' | 'warning' | 'danger' | 'accent';

/** A word on a quiet coloured ground. The word carries the meaning; the colour only helps. */
export function ToneBadge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      {children}
    </span>
  );
}

/** A coloured dot beside a word. Never alone: colour by itself says nothing to many people. */
export function ToneDot({ tone }: { tone: Tone }) {
  return <span className={classes.dot} data-tone={tone} aria-hidden="true" />;
}
