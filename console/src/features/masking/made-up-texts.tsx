import { Button, Select, Skeleton, Switch } from '@mantine/core';
import type { MaskingValues } from '@samtal/contract/masking';
import { IconRefresh } from '@tabler/icons-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { useText } from '../../text/index.ts';
import { ErrorState } from '../../ui/index.ts';
import { maskingOf, useEngine, type Engine } from './engine.ts';
import { MarkedText } from './marked-text.tsx';
import { compared } from './marks.ts';
import classes from './masking.module.css';
import { useFoundText } from './use-found-text.ts';

const shown = 40;

interface MadeUpTextsProps {
  published: MaskingValues;
  draft: MaskingValues;
}

/** The draft on made-up texts in twelve languages: what it masks more than what is published, and what it masks less. */
export function MadeUpTexts({ published, draft }: MadeUpTextsProps) {
  const { t, languageName } = useWords();
  const engine = useEngine();
  const [seed, setSeed] = useState(1);
  const [locale, setLocale] = useState('');
  const [wantsAll, setWantsAll] = useState(false);
  const samples = useMemo(() => engine.data?.samples(seed) ?? [], [engine.data, seed]);
  const locales = [...new Set(samples.map((sample) => sample.locale))];
  if (engine.error !== null && engine.data === undefined)
    return <ErrorState error={engine.error} onRetry={() => void engine.refetch()} />;
  if (engine.data === undefined)
    return <Skeleton height={240} mt="md" radius="md" aria-label={t('loading')} />;
  return (
    <>
      <div className={classes.tools}>
        <Select
          label={t('masking.language')}
          data={[
            { value: '', label: t('masking.every-language') },
            ...locales.map((each) => ({ value: each, label: languageName(each) })),
          ]}
          value={locale}
          onChange={(chosen) => setLocale(chosen ?? '')}
          allowDeselect={false}
        />
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} />}
          onClick={() => setSeed((before) => before + 1)}
        >
          {t('masking.other-texts')}
        </Button>
        <Switch
          label={t('masking.show-all')}
          checked={wantsAll}
          onChange={(event) => setWantsAll(event.currentTarget.checked)}
          mb="xs"
        />
      </div>
      <Comparison
        engine={engine.data}
        published={published}
        draft={draft}
        texts={samples.filter((sample) => locale === '' || sample.locale === locale)}
        which={wantsAll ? 'all' : 'changed'}
      />
    </>
  );
}

interface ComparisonProps extends MadeUpTextsProps {
  engine: Engine;
  texts: readonly { readonly locale: string; readonly text: string }[];
  which: 'all' | 'changed';
}

function Comparison({ engine, published, draft, texts, which }: ComparisonProps) {
  const { t, count, languageName } = useWords();
  const found = useFoundText([...draft['masking.rules'], ...published['masking.rules']]);
  const values = useDeferredValue(draft);
  const lines = useMemo(() => {
    const [before, after] = [maskingOf(engine, published), maskingOf(engine, values)];
    return texts.map(({ locale, text }) => {
      const masked = after.mask(text);
      return { locale, text, result: masked.text, before: before.mask(text).spans, after: masked.spans };
    });
  }, [engine, published, values, texts]);
  const marked = lines.map((line) => ({ ...line, marks: compared(line.before, line.after, found) }));
  const counted = (as: 'new' | 'gone') =>
    marked.filter(({ marks }) => marks.some((mark) => mark.as === as)).length;
  const wanted = marked.filter(({ marks }) => which === 'all' || marks.some(({ as }) => as !== 'kept'));
  return (
    <>
      <p role="status" className={classes.legend}>
        <span>{count('masking.looked', lines.length)}</span>
        <span>{count('masking.more', counted('new'))}</span>
        <span>{count('masking.less', counted('gone'))}</span>
      </p>
      {wanted.length === 0 && <p className={classes.none}>{t('masking.nothing-changes')}</p>}
      {wanted.length > 0 && (
        <>
          <Legend />
          <ul className={classes.texts} aria-label={t('masking.made-up')}>
            {wanted.slice(0, shown).map(({ locale, text, marks, result }, index) => (
              // oxlint-disable-next-line react/no-array-index-key
              <li key={`${index} ${text}`}>
                <span className={classes.where}>{languageName(locale)}</span>
                <MarkedText text={text} marks={marks} />
                {result !== text && <span className={classes.result}>{result}</span>}
              </li>
            ))}
          </ul>
          {wanted.length > shown && (
            <p className={classes.where}>{t('masking.and-more', { count: wanted.length - shown })}</p>
          )}
        </>
      )}
    </>
  );
}

function Legend() {
  const { t } = useText();
  return (
    <p className={classes.legend} aria-hidden="true">
      {(['new', 'gone', 'kept'] as const).map((as) => (
        <span key={as}>
          <mark className={classes.mark} data-as={as}>
            {t(`masking.legend-${as}`)}
          </mark>
        </span>
      ))}
    </p>
  );
}

function useWords() {
  const { t, count, locale } = useText();
  const names = new Intl.DisplayNames([locale], { type: 'language' });
  return { t, count, languageName: (tag: string) => names.of(tag) ?? tag };
}
