import type { Authorisation } from '@samtal/contract/access';
import type { AuditActor } from '../../platform/audit/index.ts';
import { Refusal, type HeldGrant, type Member } from '../../platform/http/index.ts';
import { mayAnywhere, mayPassOn } from './policy.ts';

/** Who decides over access: a member, within what he holds; or an operator at the command line, over anything. */
export type Giver = Member | 'operator';

export function actorOf(giver: Giver): AuditActor {
  return giver === 'operator' ? { kind: 'operator' } : giver.actor;
}

/** Refuses unless the giver may give this to the receiver, take it from them, or decide over whoever holds it. */
export function refuseUnlessPassable(giver: Giver, receiverId: string, grants: readonly HeldGrant[]): void {
  if (giver === 'operator') return;
  if (!grants.every((grant) => mayPassOn(giver, receiverId, grant))) throw new Refusal('access.exceeds-own');
}

/** Refuses unless the giver may define a role that allows this. Where it will hold is judged when it is given. */
export function refuseUnlessDefinable(giver: Giver, allows: Iterable<Authorisation>): void {
  if (giver === 'operator' || mayAnywhere(giver, 'access.entrust')) return;
  if (![...allows].every((name) => mayAnywhere(giver, name))) throw new Refusal('access.exceeds-own');
}
