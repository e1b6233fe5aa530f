import type { Authorisation } from '@samtal/contract/access';
import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { Giver } from './giver.ts';
import { readHolder } from './load-member.ts';
import { readPlaces } from './places.ts';
import { mayAnywhere, withinGrants } from './policy.ts';

/**
 * The giver as he stands now that access is locked: what was taken from him since the request was let in, by whoever had
 * the lock before, he has no longer. Refuses with access.forbidden when this was the authorisation that he came with.
 */
export async function currentGiver(tx: ReadTx, giver: Giver, needed: Authorisation): Promise<Giver> {
  if (typeof giver === 'string') return giver;
  const holder = await readHolder(tx, giver.accountId, giver.personId);
  const grants = withinGrants(giver.grants, holder?.grants ?? [], await readPlaces(tx, giver.accountId));
  const current = { ...giver, grants };
  if (!mayAnywhere(current, needed)) throw new Refusal('access.forbidden');
  return current;
}
