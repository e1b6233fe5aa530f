import type { QueueConfiguration } from '@samtal/contract/routing';
import type { ReadTx, Tx } from '../../platform/database/index.ts';

/** The queue as its versions keep it, or null. */
export async function readQueue(
  tx: ReadTx,
  accountId: string,
  queueId: string,
): Promise<QueueConfiguration | null> {
  return (await queueOf(tx, accountId, queueId).executeTakeFirst()) ?? null;
}

/** The same, locked until the transaction ends: every change begins with this. */
export async function lockQueue(
  tx: Tx,
  accountId: string,
  queueId: string,
): Promise<QueueConfiguration | null> {
  return (await queueOf(tx, accountId, queueId).forUpdate().executeTakeFirst()) ?? null;
}

function queueOf(tx: ReadTx, accountId: string, queueId: string) {
  return tx.sql
    .selectFrom('queue')
    .select(['name', 'unit_id as unitId', 'priority', 'assignment', 'offer_seconds as offerSeconds'])
    .where('account_id', '=', accountId)
    .where('id', '=', queueId);
}

export function columnsOf({ offerSeconds, unitId, ...same }: Partial<QueueConfiguration>) {
  return {
    ...same,
    ...(unitId === undefined ? {} : { unit_id: unitId }),
    ...(offerSeconds === undefined ? {} : { offer_seconds: offerSeconds }),
  };
}
