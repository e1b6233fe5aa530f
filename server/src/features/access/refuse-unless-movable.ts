import type { Authorisation, Scope } from '@samtal/contract/access';
import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import { refuseUnlessPassable, type Giver } from './giver.ts';
import { effective } from './policy.ts';

/** What is moved: a unit with everything below it, or a queue. */
export type Moved = { readonly unit: [string] } | { readonly queue: [string] };

/**
 * Whoever holds a role in a unit holds it over what is moved there: to move something is to give. Refuses with
 * access.exceeds-own unless the giver may give all of them, himself included, what they would gain. To be asked before
 * the move. `into`: the units in which it was not before.
 */
export async function refuseUnlessMovable(
  tx: Tx,
  accountId: string,
  { giver, moved, into }: { giver: Giver; moved: Moved; into: readonly string[] },
): Promise<void> {
  if (typeof giver === 'string' || into.length === 0) return;
  const { rows } = await sql<{ userId: string; scope: Scope; allows: Authorisation[] }>`
    select g.user_id as "userId", g.scope,
      array(select authorisation from role_allows a
        where a.account_id = g.account_id and a.role_id = g.role_id) as allows
    from role_grant g
    where g.account_id = ${accountId} and g.scope -> 'unit' ?| ${[...into]}::text[]`.execute(tx.sql);
  const gained = Map.groupBy(rows, ({ userId }) => userId);
  for (const [userId, grants] of gained) {
    const gains = grants.map(({ scope: { unit: _into, ...rest }, allows }) =>
      effective(allows, { ...rest, ...moved }),
    );
    await refuseUnlessPassable(tx, giver, { receiverId: userId, grants: gains });
  }
}
