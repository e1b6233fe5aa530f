/** Periods as one chooses them. Statistics are kept by UTC hours and UTC days, so all of them begin and end with one. */
export const namedPeriods = ['today', 'yesterday', '7-days', '28-days', 'month'] as const;
export type NamedPeriod = (typeof namedPeriods)[number];

/** A name, or the first and the last day: `2026-11-01..2026-11-15`. */
export type Period = NamedPeriod | `${string}..${string}`;

export type Grain = 'hour' | 'day';

/** From the beginning of a UTC hour up to, and without, that of another; in ms since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Longest period: a leap year. */
const maxDays = 366;
/** What is longer, the server adds up of days. */
const maxDaysByHours = 31;
/** More hours than these are no picture any more, and days say it better. */
const maxHourlyDays = 14;

export function isPeriod(text: unknown): text is Period {
  if (typeof text !== 'string') return false;
  if (namedPeriods.some((name) => name === text)) return true;
  const days = daysIn(text);
  return days !== null && days[0] <= days[1] && days[1] - days[0] < maxDays * dayMs;
}

/** The period of these two days (`YYYY-MM-DD`), the last one included; null where it is none. */
export function periodBetween(first: string, last: string): Period | null {
  const period = `${first}..${last}` as const;
  return isPeriod(period) ? period : null;
}

/** The whole days of a period, also those hours of them that are still to come. */
export function spanOf(period: Period, now: number): Span {
  const today = startOfDay(now);
  switch (period) {
    case 'today':
      return { from: today, to: today + dayMs };
    case 'yesterday':
      return { from: today - dayMs, to: today };
    case '7-days':
      return { from: today - 6 * dayMs, to: today + dayMs };
    case '28-days':
      return { from: today - 27 * dayMs, to: today + dayMs };
    case 'month':
      return { from: startOfMonth(now, 0), to: startOfMonth(now, 1) };
    default: {
      const [first, last] = daysIn(period) ?? [today, today];
      return { from: first, to: last + dayMs };
    }
  }
}

/**
 * As much of it as has begun: the hour that is under way counts, one that is to come does not. What is longer than a month is counted by days,
 * so that today is in it as a whole.
 */
export function elapsed({ from, to }: Span, now: number): Span {
  const length = to - from > maxDaysByHours * dayMs ? dayMs : hourMs;
  const until = Math.floor(now / length) * length + length;
  return { from, to: Math.max(from + length, Math.min(to, until)) };
}

/** What is asked for of it: days are whole, also the one that is under way. */
export function asked(span: Span, { grain, now }: { grain: Grain; now: number }): Span {
  const { from, to } = elapsed(span, now);
  return { from, to: grain === 'day' ? Math.ceil(to / dayMs) * dayMs : to };
}

/** The same length right before; of a month, the month before. */
export function spanBefore(period: Period, now: number): Span {
  const { from, to } = spanOf(period, now);
  return period === 'month'
    ? { from: startOfMonth(now, -1), to: from }
    : { from: from - (to - from), to: from };
}

/**
 * What the elapsed part of a period is fairly compared with: as many hours of the one before. Of a month that is longer than the
 * one before it, all of that.
 */
export function elapsedBefore(period: Period, now: number): Span {
  const whole = spanOf(period, now);
  const before = spanBefore(period, now);
  const { from, to } = elapsed(whole, now);
  return {
    from: before.from,
    to: to === whole.to ? before.to : Math.min(before.to, before.from + (to - from)),
  };
}

/** Hours for what is short, days for the rest. */
export function usualGrain({ from, to }: Span): Grain {
  return to - from <= 2 * dayMs ? 'hour' : 'day';
}

/** Which grains make a picture of this span. */
export function grainsFor({ from, to }: Span): Grain[] {
  return [
    ...(to - from <= maxHourlyDays * dayMs ? (['hour'] as const) : []),
    ...(to - from > dayMs ? (['day'] as const) : []),
  ];
}

/** The beginning of each hour or day of the span. */
export function stepsOf({ from, to }: Span, grain: Grain): number[] {
  const length = grain === 'hour' ? hourMs : dayMs;
  return Array.from({ length: Math.ceil((to - from) / length) }, (_, index) => from + index * length);
}

/** `YYYY-MM-DD`, in UTC. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function daysIn(text: string): [number, number] | null {
  const [, first, last] = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/.exec(text) ?? [];
  if (first === undefined || last === undefined) return null;
  const days = [first, last].map((day) => Date.parse(`${day}T00:00:00Z`));
  // A day that there is not, such as the 30th of February, is none, whatever a parser makes of it.
  if (days.some((day, index) => Number.isNaN(day) || dayOf(day) !== [first, last][index])) return null;
  return days as [number, number];
}

function startOfDay(at: number): number {
  return Math.floor(at / dayMs) * dayMs;
}

function startOfMonth(at: number, plusMonths: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + plusMonths, 1);
}
