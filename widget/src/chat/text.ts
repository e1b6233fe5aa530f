import type english from '@samtal/contract/text/widget/en.json';

export type TextKey = keyof typeof english;

/** One text of the catalogue with its `{placeholders}` filled in. */
export type Say = (key: TextKey, values?: Record<string, string | number>) => string;

export function sayFrom(catalogue: Readonly<Record<string, string>>): Say {
  return (key, values = {}) =>
    (catalogue[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
