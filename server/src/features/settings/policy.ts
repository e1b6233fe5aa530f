import { settings, type SettingKey, type SettingLevel } from '@samtal/contract/settings';
import { compileExact, Refusal } from '../../platform/http/index.ts';

const validators = new Map(
  Object.entries(settings).map(([key, { schema }]) => [key, compileExact(schema)] as const),
);

/** Refuses keys that may not be set at this level, and values that do not fit; the values themselves are not repeated. */
export function refuseUnsettable(
  level: SettingLevel,
  { set, unset }: { set: Readonly<Record<string, unknown>>; unset: readonly SettingKey[] },
): void {
  for (const key of [...(Object.keys(set) as SettingKey[]), ...unset]) {
    const levels: readonly SettingLevel[] = settings[key].levels;
    if (!levels.includes(level)) throw new Refusal('settings.wrong-level');
  }
  const fields = Object.entries(set).flatMap(([key, value]) => {
    const validate = validators.get(key);
    if (validate?.(value) === true) return [];
    const fault = validate?.errors?.[0];
    return [
      { pointer: `/body/set/${key}${fault?.instancePath ?? ''}`, problem: fault?.message ?? 'does not fit' },
    ];
  });
  if (fields.length > 0) throw new Refusal('request.invalid', { fields });
}
