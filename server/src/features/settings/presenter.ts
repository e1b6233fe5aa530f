import {
  settingKeys,
  settings,
  type Setting,
  type SettingKey,
  type SettingsOfLevel,
} from '@samtal/contract/settings';
import type { ReadTx } from '../../platform/database/index.ts';
import { readSite } from '../sites/index.ts';
import { readStandingSettings } from './queries.ts';

/** How the account's settings, or a channel's, stand: those of the keys that accounts may see. Refuses with not-found. */
export async function presentSettings(
  tx: ReadTx,
  account: string,
  channelId: string | null,
  keys: readonly SettingKey[] = settingKeys,
): Promise<SettingsOfLevel> {
  await refuseUnknownChannel(tx, account, channelId);
  const { values, origins, own, otherwise } = await readStandingSettings(tx, account, channelId);
  return {
    channelId,
    version: own.version,
    settings: keys.filter(isForAccounts).map((key) => ({
      key,
      value: values[key],
      origin: origins[key],
      otherwise: { value: otherwise.values[key], origin: otherwise.origins[key] },
      schema: settings[key].schema,
      levels: [...settings[key].levels],
      sensitive: settings[key].sensitive,
    })),
  };
}

/** What only operators can set is theirs to see, but for what accounts have to know. */
function isForAccounts(key: SettingKey): boolean {
  const { levels, accountsSee }: Setting = settings[key];
  return accountsSee === true || levels.some((level) => level !== 'installation');
}

/** Today a site is the only kind of channel. */
export async function refuseUnknownChannel(
  tx: ReadTx,
  account: string,
  channelId: string | null,
): Promise<void> {
  if (channelId !== null) await readSite(tx, account, channelId);
}
