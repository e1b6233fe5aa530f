import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type Catalogue = Readonly<Record<string, string>>;

/** The widget's texts by language: each file in `contract/text/widget` is one. */
export function readCatalogues(): Map<string, Catalogue> {
  const directory = fileURLToPath(new URL('../../../../contract/text/widget/', import.meta.url));
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  return new Map(
    files.map((name) => [
      name.slice(0, -'.json'.length),
      JSON.parse(readFileSync(`${directory}${name}`, 'utf8')) as Catalogue,
    ]),
  );
}

/** The best of our languages for the wanted ones, in their order: the tag itself, then its language; else English. */
export function bestLocale(available: ReadonlySet<string>, wanted: readonly (string | undefined)[]): string {
  for (const tag of wanted) {
    if (tag === undefined) continue;
    const exact = [...available].find((known) => known.toLowerCase() === tag.toLowerCase());
    if (exact !== undefined) return exact;
    const language = tag.split('-')[0]?.toLowerCase() ?? '';
    if (available.has(language)) return language;
  }
  return 'en';
}

const rightToLeft = new Set(['ar', 'fa', 'he', 'ur', 'ps', 'ckb', 'dv', 'yi']);

export function directionOf(locale: string): 'ltr' | 'rtl' {
  return rightToLeft.has(locale.split('-')[0] ?? '') ? 'rtl' : 'ltr';
}
