import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { membersHolding } from '../access/index.ts';
import { recordForPerson } from './record-signin.ts';
import type { SignInDoor } from './door.ts';

type Telling = Pick<SignInDoor, 'database' | 'messenger'>;

/**
 * Somebody came in past the identity provider, as an account lets them (C4): that is on the trail, and told to everybody who
 * manages the providers there, by mail and without anybody waiting for it.
 */
export async function noticeBreakGlass(tx: Tx, telling: Telling, userId: string): Promise<void> {
  await recordForPerson(tx, userId, 'signin.break-glass-used');
  tx.afterCommit(() => telling.messenger.later(async () => await tell(telling, userId)));
}

async function tell({ database, messenger }: Telling, userId: string): Promise<void> {
  const told = await database.read('platform', async (tx) => await readTold(tx, userId));
  for (const { email, account } of told)
    await messenger.mailed(email, { key: 'break-glass', values: { account } });
}

async function readTold(tx: ReadTx, userId: string): Promise<{ email: string; account: string }[]> {
  const { rows: accounts } = await sql<{ id: string; name: string }>`
    select account.id, account.name from membership
    join account on account.id = membership.account_id and account.status = 'active'
    where membership.user_id = ${userId} and membership.status = 'active'
      and (settings_of_account(account.id) ->> 'signin.federated-only')::boolean`.execute(tx.sql);
  const told: { email: string; account: string }[] = [];
  for (const { id, name } of accounts) {
    const managing = [...(await membersHolding(tx, id, 'federation.manage')).keys()];
    if (managing.length === 0) continue;
    const members = await tx.sql
      .selectFrom('membership')
      .select('email')
      .where('account_id', '=', id)
      .where('user_id', 'in', managing)
      .where('status', '=', 'active')
      .execute();
    told.push(...members.map(({ email }) => ({ email, account: name })));
  }
  return told;
}
