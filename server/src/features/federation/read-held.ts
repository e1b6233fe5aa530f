import type { ReadTx } from '../../platform/database/index.ts';
import type { HeldGrant } from '../../platform/http/index.ts';
import { effective, readGrantedRoles } from '../access/index.ts';

/** What somebody holds in the account, active or not. */
export async function readHeld(tx: ReadTx, accountId: string, userId: string): Promise<HeldGrant[]> {
  const granted = await readGrantedRoles(tx, accountId, userId);
  return granted.map(({ allows, scope }) => effective(allows, scope));
}
