/**
 * What metrics are computed from, of any period and place: counts and sums (of milliseconds where the name says `Ms`), and sorted
 * lists of milliseconds. They merge, so that the exact value of every metric is known for whatever they are put together to.
 */
export type BaseMeasures = Readonly<Record<string, number | readonly number[]>>;

/** Counts and sums add up, lists become one sorted list. */
export function mergeBase(parts: readonly BaseMeasures[]): BaseMeasures {
  const merged: Record<string, number | number[]> = {};
  for (const part of parts)
    for (const [name, value] of Object.entries(part)) {
      const known = merged[name];
      if (typeof value === 'number') merged[name] = (typeof known === 'number' ? known : 0) + value;
      else if (Array.isArray(known)) for (const each of value) known.push(each);
      else merged[name] = [...value];
    }
  for (const value of Object.values(merged))
    if (Array.isArray(value)) value.sort((one, other) => one - other);
  return merged;
}

export function countOf(base: BaseMeasures, name: string): number {
  const value = base[name];
  return typeof value === 'number' ? value : (value?.length ?? 0);
}

export function listOfBase(base: BaseMeasures, name: string): readonly number[] {
  const value = base[name];
  return typeof value === 'object' ? value : [];
}

/** Seconds to three decimals, of milliseconds. */
export function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** A quotient to four decimals; null where there is nothing to divide by. */
export function quotient(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part * 10_000) / whole) / 10_000;
}

/** Seconds that one of so many took on average, to three decimals; null of none. */
export function meanSeconds(sumMs: number, count: number): number | null {
  return count === 0 ? null : seconds(sumMs / count);
}

/** The value at this rank of a sorted list by the nearest-rank method, in seconds: the smallest one that so large a share does not exceed. */
export function rankSeconds(sorted: readonly number[], share: number): number | null {
  const value = sorted[Math.ceil(share * sorted.length) - 1];
  return value === undefined ? null : seconds(value);
}
