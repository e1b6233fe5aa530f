import { ActionIcon, Button, Switch } from '@mantine/core';
import { ruleLimits, type AccountRule } from '@samtal/contract/masking';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useText } from '../../text/index.ts';
import { ToneBadge } from '../../ui/index.ts';
import classes from './masking.module.css';
import { faultOf } from './pattern-fault.ts';
import { RuleDialog } from './rule-dialog.tsx';
import { useFaultText } from './use-fault-text.ts';

interface RulesProps {
  rules: readonly AccountRule[];
  /** As they are published, to tell what is new or changed. */
  published: readonly AccountRule[];
  /** Ids of rules that are not used any more because they were too slow. */
  stopped: readonly string[];
  /** Why the server would not publish a rule, by its id. */
  refused: ReadonlyMap<string, string>;
  samples: string;
  onSamples: (samples: string) => void;
  /** Null for those who may only look. */
  onChange: ((rules: AccountRule[]) => void) | null;
}

/** The rules of the account or a channel: what each finds, what it does, and whether it is on. */
export function Rules({ rules, published, stopped, refused, samples, onSamples, onChange }: RulesProps) {
  const { t } = useText();
  const faultText = useFaultText();
  const [editing, setEditing] = useState<AccountRule | 'new' | null>(null);
  const put = (rule: AccountRule) => {
    const isKnown = rules.some(({ id }) => id === rule.id);
    onChange?.(isKnown ? rules.map((each) => (each.id === rule.id ? rule : each)) : [...rules, rule]);
    setEditing(null);
  };
  const state = (rule: AccountRule) => {
    const before = published.find(({ id }) => id === rule.id);
    if (before === undefined) return 'new';
    return JSON.stringify(before) === JSON.stringify(rule) ? null : 'changed';
  };
  return (
    <>
      {rules.length === 0 && <p className={classes.none}>{t('masking.no-rules')}</p>}
      {rules.length > 0 && (
        <ul className={classes.rules} aria-label={t('setting.masking.rules')}>
          {rules.map((rule) => {
            const problem = refused.get(rule.id);
            const changed = state(rule);
            return (
              <li
                key={rule.id}
                className={classes.rule}
                data-off={!rule.enabled}
                data-refused={problem !== undefined}
              >
                <div className={classes.ruleWords}>
                  <span className={classes.ruleName}>{rule.name}</span>
                  <code className={classes.pattern}>{rule.pattern}</code>
                  <div className={classes.badges}>
                    <ToneBadge tone="neutral">
                      {rule.action === 'keep-last'
                        ? t('masking.keeps-last', { count: rule.keep })
                        : t(`masking.action-${rule.action}`)}
                    </ToneBadge>
                    {!rule.enabled && <ToneBadge tone="warning">{t('settings.off')}</ToneBadge>}
                    {changed !== null && <ToneBadge tone="good">{t(`masking.rule-${changed}`)}</ToneBadge>}
                    {stopped.includes(rule.id) && changed === null && (
                      <ToneBadge tone="danger">{t('masking.stopped')}</ToneBadge>
                    )}
                  </div>
                  {stopped.includes(rule.id) && changed === null && (
                    <p className={classes.fault}>{t('masking.stopped-says')}</p>
                  )}
                  {problem !== undefined && (
                    <p className={classes.fault} role="alert">
                      {t('masking.refused', { why: faultText(faultOf(problem)) })}
                    </p>
                  )}
                </div>
                {onChange !== null && (
                  <div className={classes.actions}>
                    <Switch
                      checked={rule.enabled}
                      onChange={(event) => put({ ...rule, enabled: event.currentTarget.checked })}
                      aria-label={t('masking.use-of', { name: rule.name })}
                    />
                    <ActionIcon
                      aria-label={t('change.of', { name: rule.name })}
                      onClick={() => setEditing(rule)}
                    >
                      <IconPencil size={18} />
                    </ActionIcon>
                    <ActionIcon
                      aria-label={t('delete.of', { name: rule.name })}
                      onClick={() => onChange(rules.filter(({ id }) => id !== rule.id))}
                    >
                      <IconTrash size={18} />
                    </ActionIcon>
                  </div>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {onChange !== null && (
        <div>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} />}
            onClick={() => setEditing('new')}
            disabled={rules.length >= ruleLimits.rules}
          >
            {t('masking.add-rule')}
          </Button>
        </div>
      )}
      {editing !== null && (
        <RuleDialog
          rule={editing === 'new' ? null : editing}
          taken={rules.map(({ id }) => id)}
          samples={samples}
          onSamples={onSamples}
          onDone={put}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}
