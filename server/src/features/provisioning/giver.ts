import type { Tx } from '../../platform/database/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import { currentGiver, lockAccess, readHolder } from '../access/index.ts';

/**
 * Whoever answers for what the directory does, as they stand now that access is locked. A key needs `users.provision` and nothing
 * else; what that comes to for a user, its owner has to be able to do himself: nobody gives more than he holds (B1).
 */
export async function lockedGiver(tx: Tx, caller: Member): Promise<Member> {
  await lockAccess(tx, caller.accountId);
  await currentGiver(tx, caller, 'users.provision');
  const holder = await readHolder(tx, caller.accountId, caller.personId);
  if (holder === null) throw new Refusal('access.forbidden');
  return { ...caller, grants: holder.grants };
}
