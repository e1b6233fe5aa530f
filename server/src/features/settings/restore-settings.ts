import { settingKeys, settings, type SettingLevel } from '@samtal/contract/settings';
import { Type } from '@samtal/contract/shared';
import { restorer } from '../../platform/history/index.ts';
import { readSite } from '../sites/index.ts';
import { changeSettings } from './change-settings.ts';

/** Restores what a level said. Keys that are no settings any more stay away; values are judged as in any change. */
export const restoreSettings = restorer(
  Type.Record(Type.String(), Type.Unknown()),
  async (tx, { accountId, actor }, { objectId, body, note }) => {
    const channelId = objectId === accountId ? null : objectId;
    if (channelId !== null) await readSite(tx, accountId, channelId);
    const level = channelId === null ? 'account' : 'channel';
    const said = new Set(Object.keys(body));
    const settable = settingKeys.filter((key) => {
      const levels: readonly SettingLevel[] = settings[key].levels;
      return levels.includes(level);
    });
    await changeSettings(tx, accountId, {
      channelId,
      set: Object.fromEntries(settable.filter((key) => said.has(key)).map((key) => [key, body[key]])),
      unset: settable.filter((key) => !said.has(key)),
      by: actor,
      ...note,
    });
  },
);
