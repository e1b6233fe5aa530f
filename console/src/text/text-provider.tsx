import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { loadCatalogue, rememberLocale, type Catalogue, type PluralKey, type TextKey } from './catalogue.ts';
import { fill, type Values } from './fill.ts';
import { formatsOf, regionalLocale, type Formats } from './formats.ts';

export interface Text {
  readonly locale: string;
  readonly formats: Formats;
  /** The text of a key, with its placeholders filled. */
  t(key: TextKey, values?: Values): string;
  /** The text for a number of things; `{count}` is the number. */
  count(key: PluralKey, count: number): string;
  /** Whether a key made up at run time is in the catalogue. */
  has(key: string): key is TextKey;
  changeLocale(locale: string): Promise<void>;
}

const TextContext = createContext<Text | null>(null);

interface Language {
  locale: string;
  catalogue: Catalogue;
}

/** Gives everything below it the words of one language, and says which it is on the document. */
export function TextProvider({ initial, children }: { initial: Language; children: ReactNode }) {
  const [language, setLanguage] = useState(initial);

  useEffect(() => {
    document.documentElement.lang = language.locale;
    document.documentElement.dir = directionOf(language.locale);
  }, [language.locale]);

  const text = useMemo(() => textOf(language, setLanguage), [language]);
  return <TextContext value={text}>{children}</TextContext>;
}

export function useText(): Text {
  const text = use(TextContext);
  if (text === null) throw new Error('useText needs a TextProvider above it.');
  return text;
}

function textOf({ locale, catalogue }: Language, setLanguage: (language: Language) => void): Text {
  const formats = formatsOf(regionalLocale(locale, navigator.languages));
  const plurals = new Intl.PluralRules(locale);
  const has = (key: string): key is TextKey => Object.hasOwn(catalogue, key);
  return {
    locale,
    formats,
    has,
    t: (key, values) => fill(catalogue[key], values),
    count(key, count) {
      const exact: string = `${key}.${plurals.select(count)}`;
      const text = has(exact) ? catalogue[exact] : catalogue[`${key}.other`];
      return fill(text, { count: formats.number(count) });
    },
    async changeLocale(next) {
      setLanguage({ locale: next, catalogue: await loadCatalogue(next) });
      rememberLocale(next);
    },
  };
}

const rightToLeft = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi']);

function directionOf(locale: string): 'ltr' | 'rtl' {
  return rightToLeft.has(new Intl.Locale(locale).language) ? 'rtl' : 'ltr';
}
