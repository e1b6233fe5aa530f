import type { FactorKind } from '@samtal/contract/signin';
import type { Tx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import { hasFactor } from './queries.ts';

interface Own {
  readonly userId: string;
  readonly factorId: string;
}

/** In the platform’s scope, like all of this. */
export async function renameFactor(
  tx: Tx,
  { userId, factorId, name }: Own & { name: string },
): Promise<void> {
  const renamed = await tx.sql
    .updateTable('factor')
    .set({ name })
    .where('id', '=', factorId)
    .where('user_id', '=', userId)
    .where('begun_in', 'is', null)
    .returning('id')
    .executeTakeFirst();
  found(renamed ?? null);
}

/** Removes one factor. With the last one the recovery codes go: there is nothing to recover. */
export async function removeFactor(tx: Tx, { userId, factorId }: Own): Promise<FactorKind> {
  const removed = await tx.sql
    .deleteFrom('factor')
    .where('id', '=', factorId)
    .where('user_id', '=', userId)
    .where('begun_in', 'is', null)
    .returning('kind')
    .executeTakeFirst();
  const { kind } = found(removed ?? null);
  if (!(await hasFactor(tx, userId))) await removeRecoveryCodes(tx, userId);
  return kind;
}

/** Removes everything that the person signs in with besides the password. Returns how many factors there were. */
export async function removeAllFactors(tx: Tx, userId: string): Promise<number> {
  const removed = await tx.sql
    .deleteFrom('factor')
    .where('user_id', '=', userId)
    .returning(['id', 'begun_in'])
    .execute();
  await removeRecoveryCodes(tx, userId);
  return removed.filter(({ begun_in }) => begun_in === null).length;
}

async function removeRecoveryCodes(tx: Tx, userId: string): Promise<void> {
  await tx.sql.deleteFrom('recovery_code').where('user_id', '=', userId).execute();
}
