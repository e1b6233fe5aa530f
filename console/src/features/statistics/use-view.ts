import { useNavigate, useSearch } from '@tanstack/react-router';
import { useNow } from '../../ui/index.ts';
import {
  asked,
  elapsed,
  grainsFor,
  hourMs,
  spanOf,
  usualGrain,
  type Grain,
  type Period,
  type Span,
} from './period.ts';
import type { View } from './view.ts';

export interface ChosenView extends View {
  readonly period: Period;
  readonly grain: Grain;
  /** All of the period, and as much of it as has begun: in sum, and by its hours or days. */
  readonly whole: Span;
  readonly span: Span;
  readonly steps: Span;
  readonly isUnderWay: boolean;
  /** By which the period is chosen: it moves on with each hour. */
  readonly now: number;
}

/** What the address says, and a way to have it say something else. */
export function useView(): [
  ChosenView,
  (changes: { [Name in keyof View]?: View[Name] | undefined }) => void,
] {
  const view = useSearch({ from: '/signed-in/statistics' });
  const navigate = useNavigate();
  const now = Math.floor(useNow() / hourMs) * hourMs;
  const period = view.period ?? '7-days';
  const whole = spanOf(period, now);
  const grains = grainsFor(whole);
  const grain = view.grain !== undefined && grains.includes(view.grain) ? view.grain : usualGrain(whole);
  const chosen = {
    ...view,
    period,
    grain,
    whole,
    span: elapsed(whole, now),
    steps: asked(whole, { grain, now }),
    isUnderWay: whole.to > now,
    now,
  };
  return [
    chosen,
    (changes) =>
      void navigate({
        to: '.',
        search: (before: View) => ({ ...before, ...changes }) as View,
        replace: false,
      }),
  ];
}
