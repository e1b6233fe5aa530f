import {
  Anchor,
  MultiSelect,
  NumberInput,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { AttributesEditor, type DeclaredAttribute } from './attributes-editor.tsx';
import type { Field } from './field.ts';
import classes from './settings.module.css';
import { UsersEditor } from './users-editor.tsx';
import { useSettingText } from './use-setting-text.ts';

interface EditorProps {
  settingKey: string;
  field: Field;
  value: unknown;
  /** Ids of what names and explains the field. */
  labelledBy: string;
  describedBy: string;
  onChange: (value: unknown) => void;
}

/** The control of one setting, by what its value may be. */
export function SettingEditor(props: EditorProps) {
  const { settingKey, field, value, labelledBy, describedBy, onChange } = props;
  const { t } = useText();
  const text = useSettingText();
  const named = { 'aria-labelledby': labelledBy, 'aria-describedby': describedBy };
  switch (field.kind) {
    case 'switch':
      return (
        <Switch
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
          label={t(value === true ? 'settings.on' : 'settings.off')}
          {...named}
        />
      );
    case 'number':
      return <NumberField {...props} field={field} />;
    case 'choice':
      return (
        <Select
          data={field.options.map((option) => ({ value: option, label: text.option(settingKey, option) }))}
          value={value as string}
          onChange={(chosen) => chosen !== null && onChange(chosen)}
          allowDeselect={false}
          {...named}
        />
      );
    case 'choices':
      return (
        <MultiSelect
          data={field.options.map((option) => ({ value: option, label: text.option(settingKey, option) }))}
          value={value as string[]}
          onChange={(chosen) => onChange(field.options.filter((option) => chosen.includes(option)))}
          {...named}
        />
      );
    case 'text':
      return field.maxLength > 200 ? (
        <Textarea
          value={(value as string | null) ?? ''}
          onChange={(event) => onChange(event.currentTarget.value)}
          maxLength={field.maxLength}
          autosize
          minRows={2}
          maxRows={8}
          {...named}
        />
      ) : (
        <TextInput
          value={(value as string | null) ?? ''}
          onChange={(event) =>
            onChange(event.currentTarget.value === '' && field.nullable ? null : event.currentTarget.value)
          }
          maxLength={field.maxLength}
          {...named}
        />
      );
    case 'words':
      if (settingKey === 'signin.break-glass-users')
        return <UsersEditor users={value as string[]} onChange={onChange} {...{ labelledBy, describedBy }} />;
      return (
        <TagsInput
          value={value as string[]}
          onChange={(words) =>
            onChange(words.map((word) => word.trim().slice(0, field.maxLength)).filter(Boolean))
          }
          maxTags={field.maxItems}
          acceptValueOnBlur
          placeholder={t('settings.add-word')}
          {...named}
        />
      );
    case 'things':
      if (settingKey === 'visitors.attributes')
        return <AttributesEditor attributes={value as DeclaredAttribute[]} onChange={onChange} />;
      return (
        <p className={classes.own}>
          {t('settings.page-of-its-own')}{' '}
          {settingKey === 'masking.rules' && (
            <Anchor component={Link} to="/admin/masking" underline="always" inherit>
              {t('admin.masking')}
            </Anchor>
          )}
        </p>
      );
  }
}

function NumberField({
  settingKey,
  field,
  value,
  labelledBy,
  describedBy,
  onChange,
}: EditorProps & { field: Extract<Field, { kind: 'number' }> }) {
  const { t } = useText();
  const text = useSettingText();
  const isOff = value === null;
  const shown = typeof value === 'number' ? value : field.min;
  const named = { 'aria-labelledby': labelledBy, 'aria-describedby': describedBy };
  const unit = text.unit(settingKey, shown);
  return (
    <div className={classes.number}>
      {field.nullable && (
        <Switch
          checked={!isOff}
          onChange={(event) => onChange(event.currentTarget.checked ? Math.max(field.min, 10) : null)}
          label={t(isOff ? 'settings.off' : 'settings.on')}
          {...named}
        />
      )}
      {!isOff && (
        <div className={classes.amount}>
          <NumberInput
            value={shown}
            onChange={(typed) => typeof typed === 'number' && onChange(typed)}
            min={field.min}
            max={field.max}
            clampBehavior="blur"
            allowDecimal={false}
            w="7rem"
            {...named}
          />
          {unit !== '' && <span>{unit}</span>}
        </div>
      )}
    </div>
  );
}
