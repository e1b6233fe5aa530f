import type { ReadTx } from '../database/index.ts';
import { beginning } from './chain.ts';

/** The last entry before an account's chain as it is kept: nothing, or what the last pruning stopped at. */
export async function chainBegin(tx: ReadTx, account: string): Promise<{ seq: number; hash: Buffer }> {
  const base = await tx.sql
    .selectFrom('audit_base')
    .select(['seq', 'hash'])
    .where('account_id', '=', account)
    .executeTakeFirst();
  return base ?? { seq: 0, hash: beginning };
}
