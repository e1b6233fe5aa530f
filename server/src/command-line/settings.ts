import { settingKeys, type SettingKey } from '@samtal/contract/settings';
import {
  changeInstallationSettings,
  isInstallationSetting,
  readInstallationSettings,
  readInstallationVersions,
} from '../features/settings/index.ts';
import { Refusal } from '../platform/http/index.ts';
import { CommandError, needed, type Command, type Values } from './command.ts';
import { reasonHelp, reasonOf, reasonOption } from './reason.ts';
import { table } from './table.ts';
import { withPlatform } from './with-platform.ts';

const keyOption = { key: { type: 'string' } } as const;
const keyHelp = ['--key <key>', 'Which setting; see samtal settings list'] as const;

const list: Command = {
  name: 'settings list',
  summary: 'List what can be set for the whole installation, and what holds where no account says otherwise',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async ({ database }) => {
      const { values, own } = await database.read('platform', async (tx) => ({
        values: await readInstallationSettings(tx),
        own: (await readInstallationVersions(tx))[0]?.body ?? {},
      }));
      const settings = settingKeys.filter(isInstallationSetting).map((key) => ({
        key,
        value: values[key],
        origin: key in own ? ('installation' as const) : ('default' as const),
      }));
      const rows = settings.map(({ key, value, origin }) => [key, JSON.stringify(value), origin]);
      return { text: table(['setting', 'value', 'origin'], rows), json: { settings } };
    }),
};

const set: Command = {
  name: 'settings set',
  summary: 'Set something for the whole installation; accounts may say otherwise where they can',
  help: [
    keyHelp,
    ['--value <value>', 'In JSON: 30, true, null, "text". Text may come without quotes'],
    reasonHelp,
  ],
  options: { ...keyOption, value: { type: 'string' }, ...reasonOption },
  run: ({ config, values }) => {
    const key = wantedKey(values);
    const value = parsed(needed(values, 'value'));
    return change(config, { set: { [key]: value }, unset: [], reason: reasonOf(values) });
  },
};

const unset: Command = {
  name: 'settings unset',
  summary: 'Say nothing about a setting any more: its default holds where no account sets it',
  help: [keyHelp, reasonHelp],
  options: { ...keyOption, ...reasonOption },
  run: ({ config, values }) =>
    change(config, { set: {}, unset: [wantedKey(values)], reason: reasonOf(values) }),
};

const history: Command = {
  name: 'settings history',
  summary: 'Say when the settings of the installation were changed, and why',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async ({ database }) => {
      const versions = await database.read('platform', readInstallationVersions);
      const rows = versions.map(({ version, at, reason, body }) => [
        String(version),
        at.toISOString(),
        reason,
        JSON.stringify(body),
      ]);
      const text =
        rows.length === 0
          ? 'Nothing has been set yet.'
          : table(['version', 'changed', 'reason', 'what was set from then on'], rows);
      return { text, json: { versions: versions.map((each) => ({ ...each, at: each.at.toISOString() })) } };
    }),
};

export const settingsCommands: readonly Command[] = [list, set, unset, history];

type Change = Parameters<typeof changeInstallationSettings>[1];

async function change(config: Parameters<typeof withPlatform>[0], wanted: Change) {
  return await withPlatform(config, async ({ database }) => {
    try {
      const version = await database.transaction('platform', (tx) => changeInstallationSettings(tx, wanted));
      return { text: `Changed. This is version ${version}.`, json: { version } };
    } catch (error) {
      const problem = error instanceof Refusal ? error.fields[0]?.problem : undefined;
      if (problem !== undefined) throw new CommandError(`The value does not fit: ${problem}`);
      throw error;
    }
  });
}

function wantedKey(values: Values): SettingKey {
  const name = needed(values, 'key');
  const key = settingKeys.find((each) => each === name);
  if (key === undefined) throw new CommandError(`There is no setting “${name}”. See samtal settings list`);
  if (!isInstallationSetting(key))
    throw new CommandError(`“${key}” is set by accounts alone, not for the installation`);
  return key;
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    // Not JSON: text as it is. Whether it fits is judged by the setting's schema.
    return value;
  }
}
