import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import type { HeldGrant, Member } from '../../platform/http/index.ts';
import { heldRoles } from './held-roles.ts';
import { mayEverywhere } from './policy.ts';

/** Whoever is to give something. */
export type ServiceGiver = Pick<Member, 'accountId' | 'actor' | 'personId' | 'grants'>;

/**
 * Whether the roles of these grants, or those that they hold, bring a data service that the giver does not have: it is given to a role
 * that they lack, and they do not decide who gets services (B1, I5).
 */
export async function bringsOthersServices(
  tx: ReadTx,
  giver: ServiceGiver,
  grants: readonly HeldGrant[],
): Promise<boolean> {
  const roleIds = grants.flatMap(({ roleId }) => roleId ?? []);
  if (roleIds.length === 0 || mayEverywhere(giver, 'data-services.manage')) return false;
  const held = await heldRoles(tx, giver, 'data-services.manage');
  const { rows } = await sql`
    with recursive given (id) as (
      select unnest(${roleIds}::uuid[])
      union
      select h.held_role_id from given join role_held h on h.account_id = ${giver.accountId} and h.role_id = given.id
    )
    select from data_service
    where account_id = ${giver.accountId} and role_ids && array(select id from given where id <> all(${[...held]}::uuid[]))
    limit 1`.execute(tx.sql);
  return rows.length > 0;
}
