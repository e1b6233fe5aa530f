import type { ConfigurationKind } from '@samtal/contract/history';
import { useText } from '../../text/index.ts';
import { useRoleName, useRoles } from '../access/index.ts';
import { useQueues } from '../routing/index.ts';
import { useUnits } from '../units/index.ts';
import { useSettingText } from '../settings/index.ts';
import { useSites } from '../sites/index.ts';

/** Names of fields and values of what is configured, as people say them. */
export function useValueText() {
  const { t, has } = useText();
  const setting = useSettingText();
  const roleName = useRoleName();
  const names = new Map([
    ...(useQueues().data ?? []).map(({ id, name }) => [id, name] as const),
    ...(useUnits().data ?? []).map(({ id, name }) => [id, name] as const),
    ...(useSites().data ?? []).map(({ id, name }) => [id, name] as const),
    ...(useRoles().data ?? []).map((role) => [role.id, roleName(role)] as const),
  ]);

  const single = (value: unknown): string => {
    if (typeof value !== 'string') return typeof value === 'number' ? String(value) : JSON.stringify(value);
    const key = `authorisation.${value}`;
    return names.get(value) ?? (has(key) ? t(key) : value);
  };
  const say = (kind: ConfigurationKind, field: string, value: unknown): string => {
    if (value === undefined) return t('settings.nothing');
    if (kind === 'settings') return setting.say(field, value);
    if (value === null || value === '') return t('settings.none');
    if (typeof value === 'boolean') return t(value ? 'settings.on' : 'settings.off');
    if (Array.isArray(value)) return value.length === 0 ? t('settings.none') : value.map(single).join(', ');
    if (field === 'scope' && Object.keys(value).length === 0) return t('history.whole-account');
    return single(value);
  };
  const fieldName = (kind: ConfigurationKind, field: string): string => {
    if (kind === 'settings') return setting.label(field);
    const key = `history.field-${field}`;
    return has(key) ? t(key) : field;
  };
  return { say, fieldName };
}
