import {
  changeSettings as changeSettingsEndpoint,
  getSettings,
  settingKeys,
  settings,
  type Setting,
  type SettingKey,
  type SettingOverrides,
} from '@samtal/contract/settings';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import { Refusal, type HttpServer } from '../../platform/http/index.ts';
import { readSite } from '../sites/index.ts';
import { changeSettings } from './change-settings.ts';
import { readStandingSettings } from './queries.ts';

export interface SettingsParts {
  readonly database: Database;
  /** What is wrong with values that fit their schemas. Asked before anything is changed, because it may take a while. */
  readonly judge: (
    account: string,
    set: SettingOverrides,
  ) => Promise<readonly { readonly place: string; readonly problem: string }[]>;
}

export function settingsRoutes(http: HttpServer, { database, judge }: SettingsParts): void {
  http.serve(getSettings, async ({ caller: { accountId }, query }) =>
    database.read(accountId, async (tx) => await present(tx, accountId, query.channelId ?? null)),
  );

  http.serve(changeSettingsEndpoint, async ({ caller: { accountId, userId }, body }) => {
    const problems = await judge(accountId, body.set);
    const fields = problems.map(({ place, problem }) => ({ pointer: `/body/set/${place}`, problem }));
    if (fields.length > 0) throw new Refusal('request.invalid', { fields });
    return await database.transaction(accountId, async (tx) => {
      await refuseUnknownChannel(tx, accountId, body.channelId);
      await changeSettings(tx, accountId, { ...body, by: { kind: 'user', id: userId } });
      return await present(tx, accountId, body.channelId);
    });
  });
}

async function present(tx: ReadTx, account: string, channelId: string | null) {
  await refuseUnknownChannel(tx, account, channelId);
  const { values, origins, own, otherwise } = await readStandingSettings(tx, account, channelId);
  return {
    channelId,
    version: own.version,
    settings: settingKeys.filter(isForAccounts).map((key) => ({
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
async function refuseUnknownChannel(tx: ReadTx, account: string, channelId: string | null): Promise<void> {
  if (channelId !== null) await readSite(tx, account, channelId);
}
