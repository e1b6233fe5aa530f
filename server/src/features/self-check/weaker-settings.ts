import type { WeakerSetting } from '@samtal/contract/self-check';
import { isWeakerThanDefault, settings, type SettingKey, type SettingState } from '@samtal/contract/settings';
import type { ReadTx } from '../../platform/database/index.ts';
import { isInstallationSetting, presentSettings } from '../settings/index.ts';
import { readSites } from '../sites/index.ts';

/** The settings of the account that are weaker than their defaults, and those of channels that say so themselves (K5). */
export async function findWeakerSettings(tx: ReadTx, account: string): Promise<WeakerSetting[]> {
  const weaker = weakerOf((await presentSettings(tx, account, null)).settings, null);
  for (const { id, name } of await readSites(tx, account)) {
    const own = (await presentSettings(tx, account, id)).settings.filter(
      ({ origin }) => origin === 'channel',
    );
    weaker.push(...weakerOf(own, { id, name }));
  }
  return weaker;
}

function weakerOf(states: readonly SettingState[], channel: WeakerSetting['channel']): WeakerSetting[] {
  return states.flatMap(({ key, value, origin }) =>
    origin === 'default' || !isWeakerThanDefault(key, value)
      ? []
      : [{ key, channel, value, usual: settings[key].default, origin }],
  );
}

/** The settings that operators have made weaker than their defaults, for accounts that do not say otherwise. */
export function weakerOfInstallation(
  own: Readonly<Partial<Record<SettingKey, unknown>>>,
): { key: SettingKey; value: unknown; usual: unknown }[] {
  return (Object.keys(own) as SettingKey[])
    .filter((key) => isInstallationSetting(key) && isWeakerThanDefault(key, own[key]))
    .map((key) => ({ key, value: own[key], usual: settings[key].default }));
}
