import type { Scope } from '@samtal/contract/access';
import type { BaseMeasures, StatisticsSubject } from '@samtal/contract/statistics';
import type { Narrowed } from './narrowed.ts';
import type { Period } from './period.ts';

/** Base measures of one place in one hour or day, or of one conversation. */
export interface BaseRow {
  /** Some moment in the period. */
  readonly at: Date;
  readonly queue: string | null;
  readonly site: string | null;
  readonly agent: string | null;
  readonly conversation: string | null;
  readonly base: BaseMeasures;
}

/** Which of them. */
export interface Wanted {
  readonly subject: StatisticsSubject;
  readonly period: Period;
  readonly scopes: readonly Scope[];
  /** Agents of whom everything lies within the scopes. */
  readonly covered: readonly string[];
  readonly only: Narrowed;
  /** More rows than this are refused with statistics.too-many. */
  readonly atMost: number;
}
