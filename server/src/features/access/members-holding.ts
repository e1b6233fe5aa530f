import type { Authorisation, Scope } from '@samtal/contract/access';
import type { ReadTx } from '../../platform/database/index.ts';
import { effective } from './policy.ts';

/** Everyone who holds the authorisation, active or not, with the scopes in which they do, by user id. */
export async function membersHolding(
  tx: ReadTx,
  accountId: string,
  authorisation: Authorisation,
): Promise<Map<string, Scope[]>> {
  const rows = await tx.sql
    .selectFrom('role_grant')
    .innerJoin('role_allows', (join) =>
      join
        .onRef('role_allows.account_id', '=', 'role_grant.account_id')
        .onRef('role_allows.role_id', '=', 'role_grant.role_id'),
    )
    .select(['role_grant.user_id', 'role_grant.scope'])
    .where('role_grant.account_id', '=', accountId)
    .where('role_allows.authorisation', '=', authorisation)
    .execute();
  const scopes = new Map<string, Scope[]>();
  for (const { user_id: userId, scope } of rows) {
    if (!effective([authorisation], scope).authorisations.has(authorisation)) continue;
    scopes.set(userId, [...(scopes.get(userId) ?? []), scope]);
  }
  return scopes;
}
