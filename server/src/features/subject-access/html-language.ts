import { wordsOf, type Say } from '../../platform/words/index.ts';
import { markup, type Markup } from './markup.ts';

/** The words and times of a document. */
export interface Language {
  readonly locale: 'en' | 'sv';
  readonly say: Say;
  time(at: string): Markup;
}

export function languageOf(locale: 'en' | 'sv'): Language {
  const format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'sv-SE', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: 'UTC',
  });
  const time = (at: string) => markup`<time datetime="${at}">${format.format(new Date(at))} UTC</time>`;
  return { locale, say: wordsOf(locale), time };
}
