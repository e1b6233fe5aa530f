import type { Retention } from '@samtal/contract/retention';
import type { ReadTx } from '../../platform/database/index.ts';
import { lateMinutes, readDueRedaction } from '../redaction/index.ts';

/** How late redaction is in an account. */
export async function presentRedaction(tx: ReadTx, account: string): Promise<Retention['redaction']> {
  const { due, oldest } = await readDueRedaction(tx, account);
  return { due, oldestDueAt: oldest?.toISOString() ?? null, lateMinutes };
}
