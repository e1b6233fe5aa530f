import type { Authorisation, Scope } from '@samtal/contract/access';
import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import { effective } from './policy.ts';
import { inCatalogueOrder } from './presenter.ts';

export interface AccountAccess {
  readonly id: string;
  readonly name: string;
  readonly authorisations: Authorisation[];
}

/** The accounts that a person may work in now, and what they may do there, wherever it holds. In the platform’s scope. */
export async function readAuthorisations(tx: ReadTx, userId: string): Promise<AccountAccess[]> {
  const { rows } = await sql<{ id: string; name: string; scope: Scope | null; allows: Authorisation[] }>`
    select account.id, account.name, g.scope,
      array(select authorisation from role_allows a
        where a.account_id = g.account_id and a.role_id = g.role_id) as allows
    from membership m
    join account on account.id = m.account_id and account.status = 'active'
    left join role_grant g on g.account_id = m.account_id and g.user_id = m.user_id
    where m.user_id = ${userId} and m.status = 'active'
    order by lower(account.name), account.id`.execute(tx.sql);
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return [...names].map(([id, name]) => {
    const held = rows.flatMap((row) =>
      row.id === id && row.scope !== null ? [...effective(row.allows, row.scope).authorisations] : [],
    );
    return { id, name, authorisations: inCatalogueOrder(held) };
  });
}
