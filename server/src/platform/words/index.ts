import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The text of a key, with its placeholders filled. */
export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** The console's words, which documents and mail use too. */
export function wordsOf(locale: 'en' | 'sv'): Say {
  const catalogue = catalogueOf(locale);
  return (key, values = {}) => {
    const text = catalogue[key];
    if (text === undefined) throw new Error(`The catalogue ${locale} lacks ${key}`);
    return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  };
}

/** The same as they stand in the catalogue, where not every key need be there. */
export function catalogueOf(locale: 'en' | 'sv'): Readonly<Record<string, string>> {
  const path = fileURLToPath(new URL(`../../../../contract/text/console/${locale}.json`, import.meta.url));
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
}
