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
  await doEach(
    accounts.map(
      ({ id }) =>
        async () =>
          await work(id),
    ),
  );
}

/** Does one thing after the other. What fails keeps no other from its turn, and is told when all have been seen to. */
export async function doEach(works: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const work of works)
    await work().catch((error: unknown) => {
      if (error instanceof SeveralFailed) errors.push(...(error.errors as unknown[]));
      else errors.push(error);
    });
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new SeveralFailed(errors, 'Several things failed');
}

class SeveralFailed extends AggregateError {}
