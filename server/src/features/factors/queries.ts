import { sql, type Selectable } from 'kysely';
import type { FactorKind } from '@samtal/contract/signin';
import type { ReadTx, Tables, Tx } from '../../platform/database/index.ts';

/** One thing that a person has shown to have. */
export interface StoredFactor {
  readonly id: string;
  readonly kind: FactorKind;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly secret: Buffer | null;
  readonly credentialId: string | null;
  readonly transports: readonly string[] | null;
}

export type FactorRow = Selectable<Tables['factor']>;

/** Everything that counts or would, the oldest first. In the platform’s scope, like all of this. */
export async function readFactors(tx: ReadTx, userId: string): Promise<StoredFactor[]> {
  return await tx.sql
    .selectFrom('factor')
    .select([
      'id',
      'kind',
      'name',
      'created_at as createdAt',
      'last_used_at as lastUsedAt',
      'secret',
      'credential_id as credentialId',
      'transports',
    ])
    .where('user_id', '=', userId)
    .where('begun_in', 'is', null)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** One that was begun in this session or attempt, and has not been shown to work yet. */
export async function readBegun(
  tx: ReadTx,
  { userId, boundTo, factorId }: { userId: string; boundTo: string; factorId: string },
): Promise<FactorRow | null> {
  const row = await tx.sql
    .selectFrom('factor')
    .selectAll()
    .where('id', '=', factorId)
    .where('user_id', '=', userId)
    .where('begun_in', '=', boundTo)
    .executeTakeFirst();
  return row ?? null;
}

export async function countRecoveryCodes(tx: ReadTx, userId: string): Promise<number> {
  const { count } = await tx.sql
    .selectFrom('recovery_code')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
  return count;
}

/** Notes that it was used just now. */
export async function touchFactor(tx: Tx, factorId: string): Promise<void> {
  await tx.sql
    .updateTable('factor')
    .set({ last_used_at: sql<Date>`now()` })
    .where('id', '=', factorId)
    .execute();
}

/** Whether the person has any factor that was shown to work. */
export async function hasFactor(tx: ReadTx, userId: string): Promise<boolean> {
  const row = await tx.sql
    .selectFrom('factor')
    .select('id')
    .where('user_id', '=', userId)
    .where('begun_in', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
