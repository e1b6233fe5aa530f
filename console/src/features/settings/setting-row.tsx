import { Button } from '@mantine/core';
import type { SettingLevel, SettingState } from '@samtal/contract/settings';
import { IconAlertTriangle, IconArrowBackUp } from '@tabler/icons-react';
import { useId, type ReactNode } from 'react';
import { useText } from '../../text/index.ts';
import { ToneBadge } from '../../ui/index.ts';
import { fieldOf } from './field.ts';
import { valueAfter, type Change } from './pending.ts';
import { SettingEditor } from './setting-editor.tsx';
import classes from './settings.module.css';
import { useSettingText } from './use-setting-text.ts';

interface SettingRowProps {
  setting: SettingState;
  level: Extract<SettingLevel, 'channel' | 'account'>;
  change: Change | undefined;
  /** Null for those who may only look. */
  onChange: ((change: Change) => void) | null;
  /** Draws and changes the value instead of the plain field, over the whole width. Null for those who may only look. */
  editor?: (value: unknown, onValue: ((value: unknown) => void) | null) => ReactNode;
}

/** One setting: what it is, its value, where that comes from, and what would hold otherwise. */
export function SettingRow({ setting, level, change, onChange, editor }: SettingRowProps) {
  const { t } = useText();
  const text = useSettingText();
  const id = useId();
  const { key, otherwise } = setting;
  const field = fieldOf(setting.schema);
  const value = valueAfter(setting, change);
  const origin = change === undefined ? setting.origin : change === 'unset' ? otherwise.origin : level;
  const settable = setting.levels.includes(level);
  const mayChange = settable && onChange !== null;
  const advice = text.advice(key, value);
  const isWide = editor !== undefined || key === 'visitors.attributes';
  return (
    <li className={classes.setting} data-changed={change !== undefined} data-wide={isWide}>
      <div className={classes.words}>
        <h3 id={`${id}-label`}>{text.label(key)}</h3>
        <p id={`${id}-says`}>{text.says(key)}</p>
        <div className={classes.badges}>
          <ToneBadge tone={origin === level ? 'accent' : 'neutral'}>
            {origin === level ? t(`settings.origin-own-${level}`) : t(`settings.origin-${origin}`)}
          </ToneBadge>
          {setting.sensitive && <ToneBadge tone="warning">{t('settings.sensitive')}</ToneBadge>}
          {change !== undefined && <ToneBadge tone="good">{t('settings.not-saved')}</ToneBadge>}
        </div>
      </div>
      <div className={classes.control}>
        {editor !== undefined ? (
          editor(value, mayChange ? (next) => onChange({ value: next }) : null)
        ) : mayChange ? (
          <SettingEditor
            settingKey={key}
            field={field}
            value={value}
            labelledBy={`${id}-label`}
            describedBy={`${id}-says`}
            onChange={(next) => onChange({ value: next })}
          />
        ) : (
          <p className={classes.value}>{text.say(key, value)}</p>
        )}
        {advice !== '' && (
          <p className={classes.advice} role="note">
            <IconAlertTriangle size={16} aria-hidden />
            <span>{advice}</span>
          </p>
        )}
        {!settable && <p className={classes.hint}>{t('settings.operators-only')}</p>}
        {mayChange && origin === level && (
          <div className={classes.otherwise}>
            <span>
              {t('settings.otherwise', {
                value: text.say(key, otherwise.value),
                origin: t(`settings.origin-${otherwise.origin}`),
              })}
            </span>
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconArrowBackUp size={14} />}
              aria-label={t('settings.reset-of', { name: text.label(key) })}
              onClick={() => onChange('unset')}
            >
              {t('settings.reset')}
            </Button>
          </div>
        )}
      </div>
    </li>
  );
}
