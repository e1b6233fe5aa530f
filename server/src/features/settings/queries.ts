import {
  effectiveSettings,
  type SettingOrigin,
  type SettingKey,
  type SettingOverrides,
  type SettingValues,
} from '@samtal/contract/settings';
import { sql } from 'kysely';
import type { ReadTx, Statement } from '../../platform/database/index.ts';

/** What one level says, and the version of that. */
export interface LevelSettings {
  readonly version: number;
  readonly overrides: SettingOverrides;
}

interface StandingRow {
  readonly installation: SettingOverrides;
  readonly account: SettingOverrides | null;
  readonly account_version: number | null;
  readonly channel: SettingOverrides | null;
  readonly channel_version: number | null;
}

const readStanding: Statement = {
  name: 'settings-read-standing',
  text: `
    select installation_settings() as installation,
      account.body as account, account.version as account_version,
      channel.body as channel, channel.version as channel_version
    from (select $1::uuid as account_id, $2::uuid as channel_id) wanted
    left join lateral (
      select body, version from configuration_version
      where account_id = wanted.account_id and kind = 'settings' and object_id = wanted.account_id
      order by version desc limit 1
    ) account on true
    left join lateral (
      select body, version from configuration_version
      where account_id = wanted.account_id and kind = 'settings' and object_id = wanted.channel_id
      order by version desc limit 1
    ) channel on true`,
};

interface Levels {
  readonly channel: LevelSettings;
  readonly account: LevelSettings;
  readonly installation: SettingOverrides;
}

async function readLevels(tx: ReadTx, account: string, channelId: string | null): Promise<Levels> {
  const [row] = await tx.run<StandingRow>(readStanding, [account, channelId]);
  const level = (overrides: SettingOverrides | null | undefined, version: number | null | undefined) => ({
    overrides: overrides ?? {},
    version: version ?? 0,
  });
  return {
    channel: level(row?.channel, row?.channel_version),
    account: level(row?.account, row?.account_version),
    installation: row?.installation ?? {},
  };
}

/** How all settings stand for an account, or for one of its channels. */
export async function readStandingSettings(
  tx: ReadTx,
  account: string,
  channelId: string | null,
): Promise<{
  values: SettingValues;
  origins: Readonly<Record<SettingKey, SettingOrigin>>;
  /** Of the level asked for. */
  own: LevelSettings;
  /** What would hold without that. */
  otherwise: ReturnType<typeof effectiveSettings>;
}> {
  const levels = await readLevels(tx, account, channelId);
  const below = [
    { level: 'account', overrides: levels.account.overrides },
    { level: 'installation', overrides: levels.installation },
  ] as const;
  return {
    ...effectiveSettings([{ level: 'channel', overrides: levels.channel.overrides }, ...below]),
    own: channelId === null ? levels.account : levels.channel,
    otherwise: effectiveSettings(channelId === null ? below.slice(1) : below),
  };
}

/** A change of what a level says, its channel's or with null the account's, that has not been made. */
export interface SettingsDraft {
  readonly channelId: string | null;
  readonly set: SettingOverrides;
  readonly unset: readonly SettingKey[];
}

/** The settings as they would hold for the account, or for a channel, if the draft were published. */
export async function readDraftedSettings(
  tx: ReadTx,
  account: string,
  { channelId, draft }: { channelId: string | null; draft: SettingsDraft },
): Promise<SettingValues> {
  const levels = await readLevels(tx, account, channelId);
  const drafted = ({ overrides }: LevelSettings, of: string | null) =>
    draft.channelId === of ? overridesAfter(overrides, draft) : overrides;
  return effectiveSettings([
    { level: 'channel', overrides: channelId === null ? {} : drafted(levels.channel, channelId) },
    { level: 'account', overrides: drafted(levels.account, null) },
    { level: 'installation', overrides: levels.installation },
  ]).values;
}

/** What a level says after a change. */
export function overridesAfter(
  overrides: SettingOverrides,
  { set, unset }: { set: Readonly<Record<string, unknown>>; unset: readonly SettingKey[] },
): SettingOverrides {
  const kept = Object.entries(overrides).filter(([key]) => !unset.includes(key as SettingKey));
  return { ...Object.fromEntries(kept), ...set };
}

/** The settings as they hold for the account, or with a channel's id for that channel (C11). One short query. */
export async function readSettings(
  tx: ReadTx,
  account: string,
  channelId: string | null = null,
): Promise<SettingValues> {
  return (await readStandingSettings(tx, account, channelId)).values;
}

/** The settings as they hold for the installation, where no account is concerned. In the platform's scope. */
export async function readInstallationSettings(tx: ReadTx): Promise<SettingValues> {
  const { rows } = await sql<{ body: SettingOverrides }>`select installation_settings() as body`.execute(
    tx.sql,
  );
  return effectiveSettings([{ level: 'installation', overrides: rows[0]?.body ?? {} }]).values;
}
