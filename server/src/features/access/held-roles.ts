import type { Authorisation } from '@samtal/contract/access';
import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import type { Member } from '../../platform/http/index.ts';
import { readHolder } from './load-member.ts';
import { mayEverywhere } from './policy.ts';

/**
 * The ids of the roles that somebody has, wherever, with all that those hold. A key is never more than its owner (C8): it has of its
 * roles those that the owner has too, or all of them where the owner holds what decides over who is given what. An operator has none.
 */
export async function heldRoles(
  tx: ReadTx,
  { accountId, actor, personId }: Pick<Member, 'accountId' | 'actor' | 'personId'>,
  deciding: Authorisation,
): Promise<ReadonlySet<string>> {
  if (actor.kind === 'operator') return new Set();
  if (actor.kind === 'user') return await rolesOf(tx, accountId, { grantsOf: 'role_grant', id: actor.id });
  const roles = await rolesOf(tx, accountId, { grantsOf: 'api_key_grant', id: actor.id });
  const owner = await readHolder(tx, accountId, personId);
  if (owner === null) return new Set();
  if (mayEverywhere(owner, deciding)) return roles;
  const ofOwner = await rolesOf(tx, accountId, { grantsOf: 'role_grant', id: personId });
  return new Set([...roles].filter((id) => ofOwner.has(id)));
}

async function rolesOf(
  tx: ReadTx,
  accountId: string,
  { grantsOf, id }: { grantsOf: 'role_grant' | 'api_key_grant'; id: string },
): Promise<Set<string>> {
  const holder = sql.ref(grantsOf === 'role_grant' ? 'user_id' : 'key_id');
  const { rows } = await sql<{ id: string }>`
    with recursive had (id) as (
      select role_id from ${sql.table(grantsOf)} where account_id = ${accountId} and ${holder} = ${id}
      union
      select held.held_role_id from had join role_held held on held.account_id = ${accountId} and held.role_id = had.id
    )
    select id from had`.execute(tx.sql);
  return new Set(rows.map((row) => row.id));
}
