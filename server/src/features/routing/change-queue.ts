import type { QueueConfiguration } from '@samtal/contract/routing';
import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { refuseUnlessQueueMovable } from './place-queue.ts';
import { columnsOf, lockQueue } from './queue-rows.ts';

/** Changes a queue. Refuses like recordVersion, and like refuseUnlessQueueMovable. */
export async function changeQueue(
  tx: Tx,
  caller: Member,
  {
    queueId,
    changes,
    note = {},
  }: { queueId: string; changes: Partial<QueueConfiguration>; note?: ChangeNote },
): Promise<void> {
  const { accountId } = caller;
  const { unitId } = changes;
  if (unitId !== undefined) await refuseUnlessQueueMovable(tx, accountId, { giver: caller, queueId, unitId });
  const before = found(await lockQueue(tx, accountId, queueId));
  const body = { ...before, ...changes };
  try {
    await tx.sql
      .updateTable('queue')
      .set(columnsOf(body))
      .where('account_id', '=', accountId)
      .where('id', '=', queueId)
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'queue_name')) throw new Refusal('names.taken');
    throw error;
  }
  const by = caller.actor;
  await recordVersion(tx, accountId, { kind: 'queue', objectId: queueId, before, body, by, note });
  await recordAudit(tx, accountId, {
    action: 'routing.queue-changed',
    actor: by,
    subject: { kind: 'queue', id: queueId },
    details: { fields: Object.keys(changes) },
  });
}
