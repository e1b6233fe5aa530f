import type { Authorisation } from '@samtal/contract/access';
import type { AuditActor } from '../../platform/audit/index.ts';
import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal, type HeldGrant, type Member } from '../../platform/http/index.ts';
import { readHolder } from './load-member.ts';
import { readPlaces } from './places.ts';
import { bringsOthersServices, type ServiceGiver } from './others-services.ts';
import { isEntrusted, mayAnywhere, mayPassOn } from './policy.ts';

/**
 * Who decides over access: a member, within what he holds; an operator at the command line, over anything; or the platform
 * itself, which does what a member has decided before.
 */
export type Giver = Member | 'operator' | 'system';

export function actorOf(giver: Giver): AuditActor {
  return typeof giver === 'string' ? { kind: giver } : giver.actor;
}

/** Refuses unless the giver may give this to the receiver, take it from them, or decide over whoever holds it. */
export async function refuseUnlessPassable(
  tx: ReadTx,
  giver: Giver,
  { receiverId, grants }: { receiverId: string; grants: readonly HeldGrant[] },
): Promise<void> {
  if (typeof giver === 'string' || grants.length === 0) return;
  if (!(await mayPassAllOn(tx, giver, { receiverId, grants }))) throw new Refusal('access.exceeds-own');
}

async function mayPassAllOn(
  tx: ReadTx,
  giver: ServiceGiver,
  { receiverId, grants }: { receiverId: string; grants: readonly HeldGrant[] },
): Promise<boolean> {
  if (isEntrusted(giver, receiverId)) return true;
  const places = await readPlaces(tx, giver.accountId);
  return (
    grants.every((grant) => mayPassOn(giver, { receiverId, grant, places })) &&
    !(await bringsOthersServices(tx, giver, grants))
  );
}

/**
 * Whether somebody who decided before could give this to the receiver as they stand now. Nobody could who is gone, was switched off,
 * or is not known.
 */
export async function couldStillPass(
  tx: ReadTx,
  accountId: string,
  { giverId, receiverId, grants }: { giverId: string; receiverId: string; grants: readonly HeldGrant[] },
): Promise<boolean> {
  const holder = await readHolder(tx, accountId, giverId);
  if (holder === null) return false;
  const actor = { kind: 'user', id: giverId } as const;
  const giver = { accountId, actor, personId: giverId, grants: holder.grants };
  return await mayPassAllOn(tx, giver, { receiverId, grants });
}

/** Refuses unless the giver may define a role that allows this. Where it will hold is judged when it is given. */
export function refuseUnlessDefinable(giver: Giver, allows: Iterable<Authorisation>): void {
  if (typeof giver === 'string' || mayAnywhere(giver, 'access.entrust')) return;
  if (![...allows].every((name) => mayAnywhere(giver, name))) throw new Refusal('access.exceeds-own');
}
