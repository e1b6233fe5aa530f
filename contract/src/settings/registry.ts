import { closed, Type, type Static } from '../shared/index.ts';
import { conversationsSettings } from './groups/conversations.ts';
import { retentionSettings } from './groups/retention.ts';
import { maskingSettings } from './groups/masking.ts';
import { visitsSettings } from './groups/visits.ts';
import { filesSettings } from './groups/files.ts';
import { statisticsSettings } from './groups/statistics.ts';
import { signinSettings } from './groups/signin.ts';
import { programsSettings } from './groups/programs.ts';
import { attributesSettings } from './groups/attributes.ts';
import { mailSettings } from './groups/mail.ts';
import { textMessagesSettings } from './groups/text-messages.ts';
import { backupSettings } from './groups/backup.ts';
import { privacySettings } from './groups/privacy.ts';
import type { Setting, SettingLevel, SettingOrigin } from './setting.ts';
import { isWeakerBy } from './strength.ts';

export { settingLevels, type Setting, type SettingLevel, type SettingOrigin } from './setting.ts';

/**
 * Every setting there is (C11, H1), group by group: the only place where anything that an account or an operator may choose is
 * declared. Whatever is configured as a value or a list of values belongs here, rules and declared attributes
 * included: its versions, their comparison and their restoring then come from the same mechanism.
 *
 * The texts of a setting are `setting.<key>` and `setting.<key>-says` of the console's catalogue.
 */
export const settings = {
  ...conversationsSettings,
  ...retentionSettings,
  ...maskingSettings,
  ...visitsSettings,
  ...filesSettings,
  ...statisticsSettings,
  ...signinSettings,
  ...programsSettings,
  ...attributesSettings,
  ...mailSettings,
  ...textMessagesSettings,
  ...backupSettings,
  ...privacySettings,
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof settings;

/** A value for every setting, with the types of their schemas. */
export type SettingValues = { readonly [Key in SettingKey]: Static<(typeof settings)[Key]['schema']> };

export const settingKeys = Object.keys(settings) as [SettingKey, ...SettingKey[]];

/** What a level itself says: only the settings that are set there. */
export type SettingOverrides = { readonly [Key in SettingKey]?: SettingValues[Key] };
export const SettingOverrides = Type.Unsafe<SettingOverrides>(
  closed(Object.fromEntries(settingKeys.map((key) => [key, Type.Optional(settings[key].schema)]))),
);

/** Every setting as it holds, from the strongest level that sets it. `levels` comes strongest first. */
export function effectiveSettings(
  levels: readonly { readonly level: SettingLevel; readonly overrides: SettingOverrides }[],
): { values: SettingValues; origins: Readonly<Record<SettingKey, SettingOrigin>> } {
  const values: Record<string, unknown> = {};
  const origins = {} as Record<SettingKey, SettingOrigin>;
  for (const key of settingKeys) {
    const declared: Setting = settings[key];
    const source = levels.find(({ level, overrides }) => declared.levels.includes(level) && key in overrides);
    values[key] = source === undefined ? declared.default : source.overrides[key];
    origins[key] = source?.level ?? 'default';
  }
  // Each value was judged by its schema when it was set, and defaults are typed by it.
  return { values: values as SettingValues, origins };
}

/** Whether a value of a setting is weaker than its default. */
export function isWeakerThanDefault(key: SettingKey, value: unknown): boolean {
  const { weaker, default: usual }: Setting = settings[key];
  return weaker !== undefined && isWeakerBy(weaker, value, usual);
}
