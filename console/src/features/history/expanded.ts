import type { Difference } from '@samtal/contract/history';

/** Where there was nothing before, or is nothing any more, an object is told part by part; what has no parts, as it is. */
export function expanded({ path, ...values }: Difference): Difference[] {
  const [there, side] =
    values.before === undefined ? ([values.after, 'after'] as const) : ([values.before, 'before'] as const);
  const isOne = values.before === undefined || values.after === undefined;
  if (!isOne || !isObject(there)) return [{ path, ...values }];
  const parts = Object.entries(there);
  if (parts.length === 0) return [{ path, ...values }];
  return parts.flatMap(([name, part]) => expanded({ path: [...path, name], [side]: part }));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
