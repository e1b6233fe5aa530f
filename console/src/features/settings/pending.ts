import type { SettingState } from '@samtal/contract/settings';

/** A change that is not saved: another value, or that the level shall say nothing any more. */
export type Change = { readonly value: unknown } | 'unset';

export type Pending = ReadonlyMap<string, Change>;

/** The changes with one more; without it where it would change nothing. `own`: the level asked for says something. */
export function withChange(
  pending: Pending,
  { setting, own, change }: { setting: SettingState; own: boolean; change: Change },
): Pending {
  const next = new Map(pending);
  const changesNothing = change === 'unset' ? !own : own && isSame(change.value, setting.value);
  if (changesNothing) next.delete(setting.key);
  else next.set(setting.key, change);
  return next;
}

export function valueAfter(setting: SettingState, change: Change | undefined): unknown {
  if (change === undefined) return setting.value;
  return change === 'unset' ? setting.otherwise.value : change.value;
}

/** What somebody else has changed between two looks at the same level. */
export function changedBetween(
  before: readonly SettingState[],
  now: readonly SettingState[],
): { key: string; before: SettingState; now: SettingState }[] {
  const known = new Map<string, SettingState>(before.map((setting) => [setting.key, setting]));
  return now.flatMap((setting) => {
    const old = known.get(setting.key);
    if (old === undefined || (isSame(old.value, setting.value) && old.origin === setting.origin)) return [];
    return [{ key: setting.key, before: old, now: setting }];
  });
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
