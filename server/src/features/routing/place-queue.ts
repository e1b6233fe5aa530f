import type { Tx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import { currentGiver, lockAccess, refuseUnlessMovable, type Giver } from '../access/index.ts';

/** Refuses a unit that the account does not have. */
export async function refuseUnknownUnit(tx: Tx, accountId: string, unitId: string | null): Promise<void> {
  if (unitId !== null) await pathOf(tx, accountId, unitId);
}

/**
 * Asked before a queue is locked and moved to another unit: whoever holds a role there holds it over the queue’s
 * conversations, too. Refuses with access.exceeds-own, and with not-found for what the account does not have.
 */
export async function refuseUnlessQueueMovable(
  tx: Tx,
  accountId: string,
  { giver: asked, queueId, unitId }: { giver: Giver; queueId: string; unitId: string | null },
): Promise<void> {
  await lockAccess(tx, accountId);
  const giver = await currentGiver(tx, asked, 'routing.manage');
  const { units } = found(
    await tx.sql
      .selectFrom('queue')
      .select('units')
      .where('account_id', '=', accountId)
      .where('id', '=', queueId)
      .executeTakeFirst(),
  );
  const path = unitId === null ? [] : await pathOf(tx, accountId, unitId);
  const into = path.filter((id) => !units.includes(id));
  await refuseUnlessMovable(tx, accountId, { giver, moved: { queue: [queueId] }, into });
}

async function pathOf(tx: Tx, accountId: string, unitId: string): Promise<string[]> {
  const { path } = found(
    await tx.sql
      .selectFrom('unit')
      .select('path')
      .where('account_id', '=', accountId)
      .where('id', '=', unitId)
      .executeTakeFirst(),
  );
  return path;
}
