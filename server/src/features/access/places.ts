import type { ReadTx } from '../../platform/database/index.ts';

/** Of each unit and each queue, by id: the units that it lies in, from the top down; a unit is the last of its own. */
export type Places = ReadonlyMap<string, readonly string[]>;

/** The tree of units as it stands, with the queues in it. Small: an account has as many as its administrators made. */
export async function readPlaces(tx: ReadTx, accountId: string): Promise<Places> {
  const units = await tx.sql
    .selectFrom('unit')
    .select(['id', 'path'])
    .where('account_id', '=', accountId)
    .execute();
  const queues = await tx.sql
    .selectFrom('queue')
    .select(['id', 'units'])
    .where('account_id', '=', accountId)
    .execute();
  return new Map([
    ...units.map(({ id, path }) => [id, path] as const),
    ...queues.map((queue) => [queue.id, queue.units] as const),
  ]);
}
