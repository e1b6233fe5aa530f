import type { ReadTx } from '../../platform/database/index.ts';
import { readInstallationSettings } from '../settings/index.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** A backup that has expired is deleted within a day. */
const sweepDays = 1;

/** When the last backup is gone that was made before this moment (K2). */
export async function backupsUntil(tx: ReadTx, now: Date): Promise<Date> {
  const { 'backup.retention-days': days } = await readInstallationSettings(tx);
  return new Date(now.getTime() + (days + sweepDays) * dayMs);
}
