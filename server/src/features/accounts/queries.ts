import type { ReadTx, Tables } from '../../platform/database/index.ts';

export interface StoredAccount {
  readonly id: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  readonly createdAt: Date;
}

const columns = ['id', 'name', 'status', 'created_at as createdAt'] as const satisfies (
  | keyof Tables['account']
  | 'created_at as createdAt'
)[];

export async function readAccount(tx: ReadTx, accountId: string): Promise<StoredAccount | undefined> {
  return await tx.sql.selectFrom('account').select(columns).where('id', '=', accountId).executeTakeFirst();
}

/** Every account of the installation, oldest first. In the platform’s scope. */
export async function readAccounts(tx: ReadTx): Promise<StoredAccount[]> {
  return await tx.sql.selectFrom('account').select(columns).orderBy('created_at').orderBy('id').execute();
}
