import type { Tx } from '../../platform/database/index.ts';
import { granted, readGrantedRoles, refuseUnlessPassable, type Giver } from '../access/index.ts';

/** Refuses to decide over a user who holds more than whoever decides. */
export async function refuseUnlessManageable(
  tx: Tx,
  accountId: string,
  { giver, userId }: { giver: Giver; userId: string },
): Promise<void> {
  const held = await readGrantedRoles(tx, accountId, userId);
  await refuseUnlessPassable(tx, giver, {
    receiverId: userId,
    grants: held.map(granted),
  });
}
