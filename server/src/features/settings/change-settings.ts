import type { SettingKey, SettingOverrides } from '@samtal/contract/settings';
import { sql } from 'kysely';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion } from '../../platform/history/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import { readSites } from '../sites/index.ts';
import { endTrial, holdTrial, takeFailedTrial, tryNetworks } from './networks.ts';
import { refuseContradicting, refuseUnsettable, touchedContradictions } from './policy.ts';
import { overridesAfter, readDraftedSettings, readStandingSettings } from './queries.ts';

export interface SettingsChange {
  readonly channelId: string | null;
  /** The version that the change was made from. */
  readonly version: number;
  readonly set: Readonly<Record<string, unknown>>;
  readonly unset: readonly SettingKey[];
  readonly by: AuditActor;
  readonly reason: string;
  readonly restoredFrom?: number;
}

/**
 * Sets and unsets settings of the account or a channel as one new version (H1). Refuses with
 * history.changed-meanwhile, settings.wrong-level, settings.contradiction, settings.federated-only-unready, request.invalid; the caller has made sure that the channel is there.
 */
export async function changeSettings(tx: Tx, account: string, change: SettingsChange): Promise<void> {
  await revertFailedNetworks(tx, account);
  await apply(tx, account, change);
}

/** Says again what the account said before, where a list of networks was not confirmed in time. */
export async function revertFailedNetworks(tx: Tx, account: string): Promise<boolean> {
  const failed = await takeFailedTrial(tx, account);
  if (failed === null) return false;
  await goBack(tx, account, { ...failed, by: { kind: 'system' } });
  return true;
}

/** Says again what the account said before, while a list of networks waits to be confirmed. Refuses with not-found. */
export async function revertNetworks(tx: Tx, { accountId, actor }: Member): Promise<void> {
  await goBack(tx, accountId, { ...(await holdTrial(tx, accountId)), by: actor });
  // Where the same was said before by another way, nothing has changed that would have ended it.
  await endTrial(tx, accountId);
}

async function goBack(
  tx: Tx,
  account: string,
  { previous, by }: { previous: readonly string[] | null; by: AuditActor },
): Promise<void> {
  const { version } = (await readStandingSettings(tx, account, null)).own;
  const set = previous === null ? {} : { 'signin.networks': previous };
  const unset = previous === null ? (['signin.networks'] as const) : [];
  await apply(tx, account, { channelId: null, version, set, unset, by, reason: '' });
  await recordAudit(tx, account, { action: 'settings.networks-reverted', actor: by });
}

async function apply(
  tx: Tx,
  account: string,
  { channelId, version, set, unset, by, reason, restoredFrom }: SettingsChange,
): Promise<void> {
  refuseUnsettable(channelId === null ? 'account' : 'channel', { set, unset });
  await refuseContradictions(tx, account, { channelId, set, unset });
  const { own } = await readStandingSettings(tx, account, channelId);
  const body = overridesAfter(own.overrides, { set, unset });
  await refuseLockingOut(tx, account, { set, unset, body });
  const objectId = channelId ?? account;
  const note = { version, reason, ...(restoredFrom === undefined ? {} : { restoredFrom }) };
  const made = await recordVersion(tx, account, { kind: 'settings', objectId, before: null, body, by, note });
  if (made === version) return;
  if (channelId === null) await tryNetworks(tx, account, { before: own.overrides, after: body, by });
  await recordAudit(tx, account, {
    action: 'settings.changed',
    actor: by,
    subject: { kind: channelId === null ? 'account' : 'site', id: objectId },
    details: { version: made, set: Object.keys(set), unset: [...unset] },
  });
}

/** Nobody asks for signing in at a provider alone, nor takes away who could come in without it, so that nobody could (C4). */
async function refuseLockingOut(
  tx: Tx,
  account: string,
  { set, unset, body }: Pick<SettingsChange, 'set' | 'unset'> & { body: SettingOverrides },
): Promise<void> {
  const touched: readonly string[] = [...Object.keys(set), ...unset];
  const isAbout = touched.some(
    (key) => key === 'signin.federated-only' || key === 'signin.break-glass-users',
  );
  if (!isAbout || body['signin.federated-only'] !== true) return;
  const named = body['signin.break-glass-users'] ?? [];
  const { rows } = await sql<{ ready: boolean }>`
    select federated_only_ready(${account}::uuid, ${named}::uuid[]) as ready`.execute(tx.sql);
  if (rows[0]?.ready !== true) throw new Refusal('settings.federated-only-unready');
}

/** Judges the level itself, and with the account every channel, whose own values may not go with the account's new ones. */
async function refuseContradictions(
  tx: Tx,
  account: string,
  { channelId, set, unset }: Pick<SettingsChange, 'channelId' | 'set' | 'unset'>,
): Promise<void> {
  const possible = touchedContradictions({ set, unset });
  if (possible.length === 0) return;
  // Judged by `refuseUnsettable`.
  const draft = { channelId, set: set as SettingOverrides, unset };
  const channels = channelId === null ? (await readSites(tx, account)).map(({ id }) => id) : [];
  for (const where of [channelId, ...channels])
    refuseContradicting(await readDraftedSettings(tx, account, { channelId: where, draft }), possible);
}
