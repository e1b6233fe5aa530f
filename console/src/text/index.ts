export { loadCatalogue, locales, preferredLocale, type TextKey } from './catalogue.ts';
export { languageName } from './formats.ts';
export { TextProvider, useText, type Text } from './text-provider.tsx';
