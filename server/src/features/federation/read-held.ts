import type { ReadTx } from '../../platform/database/index.ts';
import type { HeldGrant } from '../../platform/http/index.ts';
import { granted, readGrantedRoles } from '../access/index.ts';

/** What somebody holds in the account, active or not. */
export async function readHeld(tx: ReadTx, accountId: string, userId: string): Promise<HeldGrant[]> {
  return (await readGrantedRoles(tx, accountId, userId)).map(granted);
}
