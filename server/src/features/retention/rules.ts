import type { SettingKey, SettingValues } from '@samtal/contract/settings';
import type { ReadTx } from '../../platform/database/index.ts';
import { readStandingSettings } from '../settings/index.ts';
import type { RetentionRule } from './record-deletion.ts';

/** The rule of a channel, or with null of the account; the account's holds for channels that are no more. */
export interface ChannelRule {
  readonly channelId: string | null;
  readonly channelName: string | null;
  readonly rule: RetentionRule;
}

/** How long transcripts of this channel are kept, as it stands at this moment. */
export async function transcriptRule(
  tx: ReadTx,
  account: string,
  channelId: string | null,
): Promise<RetentionRule> {
  return await readRule(tx, account, { setting: 'retention.transcript-days', channelId });
}

/** How long the account's audit trail is kept. */
export async function auditRule(tx: ReadTx, account: string): Promise<RetentionRule> {
  return await readRule(tx, account, { setting: 'retention.audit-days', channelId: null });
}

/** How long the days of the account’s activity log are kept. */
export async function activityLogRule(tx: ReadTx, account: string): Promise<RetentionRule> {
  return await readRule(tx, account, { setting: 'retention.activity-log-days', channelId: null });
}

/** How long the account’s statistics are kept; null where they stay as long as the account. */
export async function statisticsRule(tx: ReadTx, account: string): Promise<RetentionRule | null> {
  const setting = 'retention.statistics-days';
  const { days, ...rule } = await readRule(tx, account, { setting, channelId: null });
  return days === null ? null : { ...rule, days };
}

async function readRule<Key extends Extract<SettingKey, `retention.${string}-days`>>(
  tx: ReadTx,
  account: string,
  { setting, channelId }: { setting: Key; channelId: string | null },
): Promise<Omit<RetentionRule, 'days'> & { readonly days: SettingValues[Key] }> {
  const { values, origins, own } = await readStandingSettings(tx, account, channelId);
  const origin = origins[setting];
  const days = values[setting];
  if (origin === 'channel' || (origin === 'account' && channelId === null))
    return { setting, days, origin, version: own.version };
  if (origin !== 'account') return { setting, days, origin, version: null };
  return { setting, days, origin, version: (await readStandingSettings(tx, account, null)).own.version };
}

/** The rules of the account and of all its channels. */
export async function transcriptRules(tx: ReadTx, account: string): Promise<ChannelRule[]> {
  const sites = await tx.sql
    .selectFrom('site')
    .select(['id', 'name'])
    .where('account_id', '=', account)
    .orderBy('name')
    .execute();
  const rules: ChannelRule[] = [];
  for (const { id, name } of [{ id: null, name: null }, ...sites])
    rules.push({ channelId: id, channelName: name, rule: await transcriptRule(tx, account, id) });
  return rules;
}
