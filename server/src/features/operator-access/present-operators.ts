import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';

/** Operators whose access lasts, and who have come in by it: whether they look at this moment nobody can know. */
export async function readOperatorsPresent(
  tx: ReadTx,
  accountId: string,
): Promise<{ id: string; name: string; endsAt: string }[]> {
  const rows = await tx.sql
    .selectFrom('operator_access')
    .select(['id', 'operator_name as name', 'ends_at as endsAt'])
    .where('account_id', '=', accountId)
    .where('state', '=', 'approved')
    .where('entered_at', 'is not', null)
    .where('ends_at', '>', sql<Date>`now()`)
    .orderBy('ends_at')
    .execute();
  return rows.flatMap(({ endsAt, ...operator }) =>
    endsAt === null ? [] : [{ ...operator, endsAt: endsAt.toISOString() }],
  );
}
