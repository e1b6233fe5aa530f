import { Button } from '@mantine/core';
import { languageName, locales, useText } from '../../text/index.ts';
import classes from './card.module.css';

/** Every language in its own name, for people who cannot read the one that is shown. */
export function LanguageLinks() {
  const { t, locale, changeLocale } = useText();
  return (
    <nav className={classes.languages} aria-label={t('language')}>
      {locales.map((each) => (
        <Button
          key={each}
          size="compact-sm"
          variant={each === locale ? 'light' : 'subtle'}
          color="gray"
          lang={each}
          aria-pressed={each === locale}
          onClick={() => void changeLocale(each)}
        >
          {languageName(each, each)}
        </Button>
      ))}
    </nav>
  );
}
