import {
  contradictions,
  settings,
  type SettingKey,
  type SettingLevel,
  type SettingValues,
} from '@samtal/contract/settings';
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

/** The contradictions that a change of these keys may bring about. One that was there before is no reason to refuse another change. */
export function touchedContradictions({
  set,
  unset,
}: {
  set: Readonly<Record<string, unknown>>;
  unset: readonly SettingKey[];
}) {
  const touched = new Set<string>([...Object.keys(set), ...unset]);
  return contradictions.filter(({ keys, given }) =>
    [...keys, ...(given === undefined ? [] : [given])].some((key) => touched.has(key)),
  );
}

/** Refuses values that contradict each other, and names both settings. */
export function refuseContradicting(
  values: SettingValues,
  possible: ReturnType<typeof touchedContradictions>,
): void {
  const found = possible.find(({ holds }) => holds(values));
  if (found === undefined) return;
  const [one, other] = found.keys;
  throw new Refusal('settings.contradiction', {
    fields: [
      { pointer: `/body/set/${one}`, problem: `contradicts ${other}` },
      { pointer: `/body/set/${other}`, problem: `contradicts ${one}` },
    ],
  });
}
