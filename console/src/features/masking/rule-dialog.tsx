import {
  Button,
  Checkbox,
  Group,
  Modal,
  NumberInput,
  Radio,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { ruleActions, ruleLimits, UnfitRule, type AccountRule } from '@samtal/contract/masking';
import { Fragment, useDeferredValue, useMemo, useState, type FormEvent } from 'react';
import { useText } from '../../text/index.ts';
import { maskingBy, useEngine, type Engine } from './engine.ts';
import { MarkedText } from './marked-text.tsx';
import classes from './masking.module.css';
import { faultOf, type Fault } from './pattern-fault.ts';
import { newRuleId } from './rule-id.ts';
import { useFaultText } from './use-fault-text.ts';

interface RuleDialogProps {
  /** Null for a new one. */
  rule: AccountRule | null;
  taken: readonly string[];
  /** What the author tries the rule on. Stays in this page, and goes with it. */
  samples: string;
  onSamples: (samples: string) => void;
  onDone: (rule: AccountRule) => void;
  onClose: () => void;
}

const fresh: Omit<AccountRule, 'id'> = {
  name: '',
  pattern: '',
  ignoreCase: true,
  action: 'mask',
  keep: 4,
  enabled: true,
};

/** The building blocks that most rules are made of. */
const cheats = {
  digit: '\\d',
  digits: '\\d{6}',
  letters: '[A-Z]{2,3}',
  border: '\\b',
  maybe: '-?',
  either: '(KD|KU)',
  literal: '\\.',
  word: '\\S+',
} as const;
const cheatNames = Object.keys(cheats) as (keyof typeof cheats)[];

/** Writes one rule, and shows at once what it does to texts of the author's own. */
export function RuleDialog({ rule, taken, samples, onSamples, onDone, onClose }: RuleDialogProps) {
  const { t } = useText();
  const faultText = useFaultText();
  const engine = useEngine();
  const [fields, setFields] = useState<Omit<AccountRule, 'id'>>(rule ?? fresh);
  const set = (changes: Partial<AccountRule>) => setFields({ ...fields, ...changes });
  const tried = useDeferredValue(fields);
  const fault = useMemo(() => faultIn(engine.data, tried), [engine.data, tried]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (faultIn(engine.data, fields) !== null) return;
    const name = fields.name.trim();
    onDone({ ...fields, name, id: rule?.id ?? newRuleId(name, taken) });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={t(rule === null ? 'masking.add-rule' : 'masking.change-rule')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={t('masking.rule-name')}
            description={t('masking.rule-name-says')}
            value={fields.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            maxLength={80}
            pattern=".*\S.*"
            required
            withAsterisk={false}
            data-autofocus
          />
          <Textarea
            label={t('masking.pattern')}
            description={t('masking.pattern-says')}
            value={fields.pattern}
            onChange={(event) => set({ pattern: event.currentTarget.value.replaceAll('\n', '') })}
            maxLength={ruleLimits.patternLength}
            error={fault === null ? null : faultText(fault)}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            placeholder="\bKD-?\d{6}\b"
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            autosize
            minRows={1}
            required
            withAsterisk={false}
          />
          <details>
            <summary>{t('masking.cheats')}</summary>
            <dl className={classes.cheats}>
              {cheatNames.map((name) => (
                <Fragment key={name}>
                  <dt>{cheats[name]}</dt>
                  <dd>{t(`masking.cheat-${name}`)}</dd>
                </Fragment>
              ))}
            </dl>
          </details>
          <Checkbox
            label={t('masking.ignore-case')}
            checked={fields.ignoreCase}
            onChange={(event) => set({ ignoreCase: event.currentTarget.checked })}
          />
          <Group align="end">
            <Radio.Group
              label={t('masking.action')}
              value={fields.action}
              onChange={(chosen) =>
                set({ action: ruleActions.find((action) => action === chosen) ?? fields.action })
              }
            >
              <Group mt="xs">
                {ruleActions.map((action) => (
                  <Radio key={action} value={action} label={t(`masking.action-${action}`)} />
                ))}
              </Group>
            </Radio.Group>
            {fields.action === 'keep-last' && (
              <NumberInput
                label={t('masking.keep')}
                value={fields.keep}
                onChange={(typed) => typeof typed === 'number' && set({ keep: typed })}
                min={0}
                max={16}
                clampBehavior="strict"
                allowDecimal={false}
                w="6.5rem"
              />
            )}
          </Group>
          <div className={classes.samples}>
            <Stack gap="sm">
              <Textarea
                label={t('masking.samples')}
                description={t('masking.samples-says')}
                placeholder={t('masking.samples-example')}
                value={samples}
                onChange={(event) => onSamples(event.currentTarget.value)}
                maxLength={ruleLimits.textLength}
                spellCheck={false}
                autoComplete="off"
                autosize
                minRows={2}
                maxRows={8}
              />
              <Trial engine={engine.data} rule={tried} samples={samples} isFit={fault === null} />
            </Stack>
          </div>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" disabled={engine.data === undefined || fault !== null}>
              {t('masking.into-draft')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** What is wrong with the pattern; null for one that is not there yet. */
function faultIn(engine: Engine | undefined, rule: Omit<AccountRule, 'id'>): Fault | null {
  if (engine === undefined || rule.pattern === '') return null;
  try {
    maskingBy(engine, { ...rule, id: 'tried' });
    return null;
  } catch (error) {
    if (!(error instanceof UnfitRule)) throw error;
    return faultOf(error.message === '' ? error.reason : `${error.reason}: ${error.message}`);
  }
}

interface TrialProps {
  engine: Engine | undefined;
  rule: Omit<AccountRule, 'id'>;
  samples: string;
  isFit: boolean;
}

/** Line for line what the rule finds, and what the line becomes. */
function Trial({ engine, rule, samples, isFit }: TrialProps) {
  const { t, count } = useText();
  const deferred = useDeferredValue(samples);
  const lines = useMemo(() => {
    if (engine === undefined || !isFit || rule.pattern === '') return null;
    const masking = maskingBy(engine, { ...rule, id: 'tried' });
    return deferred
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => ({ line, masked: masking.mask(line) }));
  }, [engine, isFit, rule, deferred]);
  if (lines === null || lines.length === 0) return null;
  const found = lines.reduce((sum, { masked }) => sum + masked.spans.length, 0);
  return (
    <>
      <div role="status" className={classes.where}>
        {count('masking.found', found)}
      </div>
      <ul className={classes.texts} aria-label={t('masking.tried')}>
        {lines.map(({ line, masked }, index) => (
          // Lines are what somebody types: the place is the identity.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}>
            <MarkedText
              text={line}
              marks={masked.spans.map(({ start, end }) => ({ start, end, as: 'new', title: rule.name }))}
            />
            <span className={classes.result}>
              {masked.spans.length === 0 ? t('masking.untouched') : masked.text}
            </span>
            {masked.failedClosedAt !== null && <p className={classes.fault}>{t('masking.fault-too-slow')}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}
