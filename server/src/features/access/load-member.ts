import type { Authorisation, Scope } from '@samtal/contract/access';
import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import type { SignedIn, SignedInMember } from '../../platform/http/index.ts';
import { readOperatorHolder } from './operator-holder.ts';
import { effective } from './policy.ts';

/**
 * The person as a member of the account, or null: not a member, not active, the session is for another account, or the
 * account is suspended. Read anew for each request, so that a change of access counts from the next one on.
 */
export async function loadMember(
  tx: ReadTx,
  person: SignedIn,
  accountId: string,
): Promise<SignedInMember | null> {
  if ((person.onlyAccountId ?? accountId) !== accountId) return null;
  const { userId } = person;
  if (person.isOperator === true) return await loadOperator(tx, person, accountId);
  const holder = await readHolder(tx, accountId, userId);
  if (holder === null) return null;
  return { ...person, accountId, actor: { kind: 'user', id: userId }, personId: userId, ...holder };
}

/** An operator whom the account has let in (B4), for as long as that lasts. */
async function loadOperator(tx: ReadTx, person: SignedIn, accountId: string): Promise<SignedInMember | null> {
  const { userId } = person;
  const holder = await readOperatorHolder(tx, userId);
  if (holder === null || holder.accountId !== accountId) return null;
  const { name, grant, endsAt } = holder;
  const actor = { kind: 'operator', id: userId } as const;
  return { ...person, accountId, actor, personId: userId, name, grants: [grant], endsAt };
}

/** What an active user of an active account is called and holds there; null for anybody else. */
export async function readHolder(
  tx: ReadTx,
  accountId: string,
  userId: string,
): Promise<Pick<SignedInMember, 'name' | 'grants'> | null> {
  const { rows } = await sql<{ name: string; scope: Scope | null; allows: Authorisation[] }>`
    select m.name, g.scope,
      array(select authorisation from role_allows a
        where a.account_id = g.account_id and a.role_id = g.role_id) as allows
    from membership m
    join account on account.id = m.account_id and account.status = 'active'
    left join role_grant g on g.account_id = m.account_id and g.user_id = m.user_id
    where m.account_id = ${accountId} and m.user_id = ${userId} and m.status = 'active'`.execute(tx.sql);
  const [first] = rows;
  if (first === undefined) return null;
  const grants = rows.flatMap(({ scope, allows }) => (scope === null ? [] : [effective(allows, scope)]));
  return { name: first.name, grants };
}
