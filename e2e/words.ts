import { readFileSync } from 'node:fs';

/** A text of a catalogue, with its placeholders filled in. Throws when the catalogue has no such text. */
export type Words = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** The texts that people read in the widget or the console in one language. */
export function wordsOf(part: 'widget' | 'console', locale: string): Words {
  const file = new URL(`../contract/text/${part}/${locale}.json`, import.meta.url);
  const catalogue = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  return (key, values = {}) => {
    const text = catalogue[key];
    if (text === undefined) throw new Error(`The ${part} has no text “${key}” in ${locale}`);
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
}
