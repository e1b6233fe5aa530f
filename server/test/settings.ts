import type { SettingOverrides } from '@samtal/contract/settings';
import { changeSettings } from '../src/features/settings/index.ts';
import type { TestDatabase } from './database.ts';

/** Sets settings of an account, or of a channel of it, whatever they were made from. */
export async function setSettings(
  { database, asOwner }: TestDatabase,
  account: string,
  set: SettingOverrides,
  channelId: string | null = null,
): Promise<void> {
  const { rows } = await asOwner<{ version: number }>(
    `select coalesce(max(version), 0)::int as version from configuration_version
     where account_id = $1 and kind = 'settings' and object_id = $2`,
    [account, channelId ?? account],
  );
  await database.transaction(account, async (tx) => {
    const by = { kind: 'operator' } as const;
    const version = rows[0]?.version ?? 0;
    await changeSettings(tx, account, { channelId, version, set, unset: [], by, reason: 'a test' });
  });
}
