import { useText } from '../../text/index.ts';
import { unitOf } from './field.ts';

/** What a setting is called, what it does, and how its values are said. */
export function useSettingText() {
  const { t, has, count, locale, formats } = useText();
  const words = (key: string, otherwise: string) => (has(key) ? t(key) : otherwise);

  const option = (key: string, value: string) => words(`setting.${key}.${value}`, value);
  const number = (key: string, value: number) => {
    const unit = unitOf(key);
    if (unit === null) return formats.number(value);
    return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
  };
  /** One of a list of things that have names, such as a rule. */
  const thing = (value: object): string => {
    const { name, label, pattern }: { name?: unknown; label?: unknown; pattern?: unknown } = value;
    return [name ?? label ?? JSON.stringify(value), pattern]
      .filter((each) => typeof each === 'string')
      .join(': ');
  };
  const say = (key: string, value: unknown): string => {
    if (value === undefined) return t('settings.nothing');
    if (value === null) return t('settings.off');
    if (typeof value === 'boolean') return t(value ? 'settings.on' : 'settings.off');
    if (typeof value === 'number') return number(key, value);
    if (typeof value === 'string') return value === '' ? t('settings.empty') : option(key, value);
    if (!Array.isArray(value)) return thing(value);
    if (value.length === 0) return words(`setting.${key}.none`, t('settings.none'));
    // They are ids of users.
    if (key === 'signin.break-glass-users') return count('settings.users', value.length);
    if (value.every((item) => typeof item === 'string'))
      return value.map((item) => option(key, item)).join(', ');
    const named = value.map((item: { label?: unknown; name?: unknown }) => item.label ?? item.name);
    return named.every((item) => typeof item === 'string')
      ? named.join(', ')
      : count('settings.items', value.length);
  };
  return {
    label: (key: string) => words(`setting.${key}`, key),
    says: (key: string) => words(`setting.${key}-says`, ''),
    /** Why a weaker value matters. */
    whyWeaker: (key: string) => words(`setting.${key}-weaker`, words(`setting.${key}-says`, '')),
    /** What speaks against having it at all, where something does; said where it holds. */
    advice: (key: string, value: unknown) =>
      value === null || value === 0 || value === false ? '' : words(`setting.${key}-advice`, ''),
    /** The unit of a number field, for as many. */
    unit: (key: string, value: number) => {
      const unit = unitOf(key);
      if (unit === null) return '';
      const parts = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).formatToParts(
        value,
      );
      return parts.find(({ type }) => type === 'unit')?.value ?? '';
    },
    option,
    say,
  };
}
