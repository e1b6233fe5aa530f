import type { Database } from '../../platform/database/index.ts';

/**
 * Does something in every account but those that are being deleted, whose keys are gone. What fails in one is told when
 * all others have been seen to.
 */
export async function forEachAccount(
  database: Database,
  work: (account: string) => Promise<void>,
): Promise<void> {
  const accounts = await database.read('platform', async (tx) =>
    tx.sql
      .selectFrom('account')
      .leftJoin('account_deletion', 'account_deletion.account_id', 'account.id')
      .select('id')
      .where('account_deletion.account_id', 'is', null)
      .orderBy('created_at')
      .execute(),
  );
  const errors: unknown[] = [];
  for (const { id } of accounts) await work(id).catch((error: unknown) => errors.push(error));
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, 'Several accounts failed');
}
