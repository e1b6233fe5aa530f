import type { Measure } from './chart-scale.ts';

/** How a figure has moved since the period before. */
export interface Change {
  readonly direction: 'up' | 'down' | 'same';
  /** By how much, without its sign: a share of what it was, or of a share the difference. */
  readonly by: number;
}

/** Null where one of the two is not there, or where growth from nought has no measure. */
export function changeOf(now: number | null, before: number | null, measure: Measure): Change | null {
  if (now === null || before === null) return null;
  if (now === before) return { direction: 'same', by: 0 };
  if (measure !== 'share' && before === 0) return null;
  const by = measure === 'share' ? now - before : (now - before) / before;
  // What would be said as nought is none.
  if (Math.abs(by) < 0.0005) return { direction: 'same', by: 0 };
  return { direction: by > 0 ? 'up' : 'down', by: Math.abs(by) };
}

/** Whether that is good news, where anybody can say. */
export function toneOf(change: Change, better: 'more' | 'less' | undefined): 'good' | 'bad' | 'neutral' {
  if (better === undefined || change.direction === 'same') return 'neutral';
  return (change.direction === 'up') === (better === 'more') ? 'good' : 'bad';
}
