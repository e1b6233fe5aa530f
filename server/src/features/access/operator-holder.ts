import { operatorAuthorisations, type Authorisation, type Scope } from '@samtal/contract/access';
import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import type { HeldGrant } from '../../platform/http/index.ts';
import { effective } from './policy.ts';

/** An operator at work in an account, for as long as somebody there has let them in (B4). */
export interface OperatorHolder {
  readonly accountId: string;
  readonly accountName: string;
  readonly name: string;
  readonly grant: HeldGrant;
  readonly endsAt: Date;
}

/**
 * What this access allows at this moment; null where it was not approved, has ended, or the account is suspended. Read anew for
 * each request, like what members hold.
 */
export async function readOperatorHolder(tx: ReadTx, accessId: string): Promise<OperatorHolder | null> {
  const { rows } = await sql<{
    accountId: string;
    accountName: string;
    name: string;
    authorisations: Authorisation[];
    scope: Scope;
    endsAt: Date;
  }>`
    select account.id as "accountId", account.name as "accountName", a.operator_name as name,
      a.authorisations, a.scope, a.ends_at as "endsAt"
    from operator_access a join account on account.id = a.account_id and account.status = 'active'
    where a.id = ${accessId} and a.state = 'approved' and a.ends_at > now()`.execute(tx.sql);
  const [row] = rows;
  if (row === undefined) return null;
  const { authorisations, scope, ...of } = row;
  return { ...of, grant: operatorGrant(authorisations, scope) };
}

/** What an operator is given by these authorisations: never what would outlast the access, whoever asked for it. */
export function operatorGrant(authorisations: Iterable<Authorisation>, scope: Scope): HeldGrant {
  const allowed: readonly Authorisation[] = operatorAuthorisations;
  return effective(
    [...authorisations].filter((name) => allowed.includes(name)),
    scope,
  );
}
