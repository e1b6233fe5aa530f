import type english from '@samtal/contract/text/console/en.json';

/** A key of the catalogues. English is the one that decides which there are. */
export type TextKey = keyof typeof english & string;
export type Catalogue = Readonly<Record<TextKey, string>>;

/** `unread` for `unread.one`, `unread.other` and whatever other plural categories a language has. */
export type PluralKey = PluralOf<TextKey>;
type PluralOf<Key> = Key extends `${infer Base}.other` ? Base : never;

const loaders = import.meta.glob<Catalogue>('../../../contract/text/console/*.json', { import: 'default' });

const byLocale = new Map(
  Object.entries(loaders).map(([path, load]) => [path.replace(/^.*\/|\.json$/g, ''), load]),
);

/** The languages that there is a catalogue for. */
export const locales: readonly string[] = [...byLocale.keys()].toSorted();

const storageKey = 'samtal.locale';

/** The user’s choice, else the browser’s first language that we have, else English. */
export function preferredLocale(): string {
  const wanted = [localStorage.getItem(storageKey), ...navigator.languages];
  for (const tag of wanted) {
    const known = tag === null ? undefined : (matching(tag) ?? matching(tag.split('-')[0] ?? ''));
    if (known !== undefined) return known;
  }
  return 'en';
}

export function rememberLocale(locale: string): void {
  localStorage.setItem(storageKey, locale);
}

/** Loads the catalogue of one of `locales`. */
export async function loadCatalogue(locale: string): Promise<Catalogue> {
  const load = byLocale.get(locale);
  if (load === undefined) throw new Error(`There is no catalogue for ${locale}.`);
  return load();
}

function matching(tag: string): string | undefined {
  return locales.find((locale) => locale.toLowerCase() === tag.toLowerCase());
}
