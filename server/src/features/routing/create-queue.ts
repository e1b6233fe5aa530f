import { randomUUID } from 'node:crypto';
import type { QueueConfiguration } from '@samtal/contract/routing';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { refuseUnknownUnit } from './place-queue.ts';
import { columnsOf, readQueue } from './queue-rows.ts';

export type NewQueue = Partial<QueueConfiguration> & {
  readonly name: string;
  /** For one that is made again. */
  readonly id?: string;
};

/** Adds a queue and returns its id. */
export async function createQueue(
  tx: Tx,
  accountId: string,
  { actor, queue, note = {} }: { actor: AuditActor; queue: NewQueue; note?: ChangeNote },
): Promise<string> {
  const { id = randomUUID(), name, ...fields } = queue;
  await refuseUnknownUnit(tx, accountId, fields.unitId ?? null);
  try {
    await tx.sql
      .insertInto('queue')
      .values({ account_id: accountId, id, name, ...columnsOf(fields) })
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'queue_name')) throw new Refusal('names.taken');
    throw error;
  }
  await recordVersion(tx, accountId, {
    kind: 'queue',
    objectId: id,
    before: null,
    body: found(await readQueue(tx, accountId, id)),
    by: actor,
    note,
  });
  await recordAudit(tx, accountId, {
    action: 'routing.queue-created',
    actor,
    subject: { kind: 'queue', id },
    details: { fields: Object.keys(fields) },
  });
  return id;
}
