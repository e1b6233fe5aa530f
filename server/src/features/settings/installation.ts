import {
  effectiveSettings,
  settings,
  type SettingKey,
  type SettingLevel,
  type SettingOverrides,
} from '@samtal/contract/settings';
import { sql } from 'kysely';
import { platformChain, recordAudit } from '../../platform/audit/index.ts';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { refuseContradicting, refuseUnsettable, touchedContradictions } from './policy.ts';
import { overridesAfter } from './queries.ts';

/** What operators set for the whole installation. All of it in the platform's scope. */
export interface InstallationVersion {
  readonly version: number;
  readonly body: SettingOverrides;
  readonly at: Date;
  readonly reason: string;
}

/** Every version, newest first. */
export async function readInstallationVersions(tx: ReadTx): Promise<InstallationVersion[]> {
  const rows = await tx.sql
    .selectFrom('installation_settings_version')
    .select(['version', 'changed_at as at', 'reason', sql<SettingOverrides>`body`.as('body')])
    .orderBy('version', 'desc')
    .execute();
  return rows;
}

export function isInstallationSetting(key: SettingKey): boolean {
  const levels: readonly SettingLevel[] = settings[key].levels;
  return levels.includes('installation');
}

/**
 * Sets and unsets settings of the installation as one new version, on the platform's audit chain. Refuses with
 * settings.wrong-level, settings.contradiction and request.invalid.
 */
export async function changeInstallationSettings(
  tx: Tx,
  {
    set,
    unset,
    reason,
  }: { set: Readonly<Record<string, unknown>>; unset: readonly SettingKey[]; reason: string },
): Promise<number> {
  refuseUnsettable('installation', { set, unset });
  // Operators wait for each other: what one sets is not lost by what another does at the same moment.
  await sql`select pg_advisory_xact_lock(7318006)`.execute(tx.sql);
  const [newest] = await readInstallationVersions(tx);
  const overrides = overridesAfter(newest?.body ?? {}, { set, unset });
  const { values } = effectiveSettings([{ level: 'installation', overrides }]);
  refuseContradicting(values, touchedContradictions({ set, unset }));
  const version = (newest?.version ?? 0) + 1;
  await tx.sql
    .insertInto('installation_settings_version')
    .values({
      version,
      body: JSON.stringify(overrides),
      reason,
      restored_from: null,
    })
    .execute();
  await recordAudit(tx, platformChain, {
    action: 'settings.installation-changed',
    actor: { kind: 'operator' },
    details: { version, set: Object.keys(set), unset: [...unset] },
  });
  return version;
}
