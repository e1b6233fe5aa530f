import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';

/**
 * The operator has seen that a domain is the account’s: how is between the two. False when it was verified already. In the
 * platform’s scope.
 */
export async function verifyDomain(tx: Tx, account: string, domain: string): Promise<boolean> {
  const verified = await tx.sql
    .insertInto('verified_domain')
    .values({ domain, account_id: account })
    .onConflict((conflict) => conflict.doNothing())
    .returning('domain')
    .executeTakeFirst();
  if (verified === undefined) return false;
  await record(tx, account, 'federation.domain-verified', domain);
  return true;
}

/** From now on nobody is vouched for by an address in this domain. False when it was not the account’s. */
export async function withdrawDomain(tx: Tx, account: string, domain: string): Promise<boolean> {
  const gone = await tx.sql
    .deleteFrom('verified_domain')
    .where('account_id', '=', account)
    .where('domain', '=', domain)
    .returning('domain')
    .executeTakeFirst();
  if (gone === undefined) return false;
  await record(tx, account, 'federation.domain-withdrawn', domain);
  return true;
}

async function record(tx: Tx, account: string, action: string, domain: string): Promise<void> {
  await recordAudit(tx, account, { action, actor: { kind: 'operator' }, details: { domain } });
}
