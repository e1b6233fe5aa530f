import type { ReadTx, Tables } from '../../platform/database/index.ts';
import { newestVersion } from '../../platform/history/index.ts';

export interface StoredAccount {
  readonly id: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  readonly createdAt: Date;
  readonly version: number;
}

const columns = ['id', 'name', 'status', 'created_at as createdAt'] as const satisfies (
  | keyof Tables['account']
  | 'created_at as createdAt'
)[];

const version = newestVersion('account', { account: 'account.id', id: 'account.id' }).as('version');

export async function readAccount(tx: ReadTx, accountId: string): Promise<StoredAccount | undefined> {
  return await tx.sql
    .selectFrom('account')
    .select([...columns, version])
    .where('id', '=', accountId)
    .executeTakeFirst();
}

/** Every account of the installation, oldest first. In the platform’s scope. */
export async function readAccounts(tx: ReadTx): Promise<StoredAccount[]> {
  return await tx.sql
    .selectFrom('account')
    .select([...columns, version])
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}
