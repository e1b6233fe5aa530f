import { recordAudit } from '../../platform/audit/index.ts';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { lockQueue } from './queue-rows.ts';

/** Deletes a queue that no site and no open conversation uses. */
export async function deleteQueue(
  tx: Tx,
  caller: Member,
  { queueId, note }: { queueId: string; note: ChangeNote },
): Promise<void> {
  const { accountId } = caller;
  const before = found(await lockQueue(tx, accountId, queueId));
  if (await isUsed(tx, accountId, queueId)) throw new Refusal('routing.queue-in-use');
  await tx.sql.deleteFrom('queue').where('account_id', '=', accountId).where('id', '=', queueId).execute();
  const by = caller.actor;
  await recordVersion(tx, accountId, { kind: 'queue', objectId: queueId, before, body: null, by, note });
  await recordAudit(tx, accountId, {
    action: 'routing.queue-deleted',
    actor: by,
    subject: { kind: 'queue', id: queueId },
  });
}

async function isUsed(tx: ReadTx, account: string, queueId: string): Promise<boolean> {
  const site = await tx.sql
    .selectFrom('site')
    .select('id')
    .where('account_id', '=', account)
    .where('queue_id', '=', queueId)
    .executeTakeFirst();
  const conversation = await tx.sql
    .selectFrom('conversation')
    .select('id')
    .where('account_id', '=', account)
    .where('queue_id', '=', queueId)
    .where('state', '<>', 'resolved')
    .executeTakeFirst();
  return site !== undefined || conversation !== undefined;
}
