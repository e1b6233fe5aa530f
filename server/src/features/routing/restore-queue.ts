import { QueueConfiguration } from '@samtal/contract/routing';
import { restorer } from '../../platform/history/index.ts';
import { changeQueue } from './change-queue.ts';
import { createQueue } from './create-queue.ts';
import { lockQueue } from './queue-rows.ts';

export const restoreQueue = restorer(QueueConfiguration, async (tx, caller, { objectId, body, note }) => {
  const { accountId, actor } = caller;
  if ((await lockQueue(tx, accountId, objectId)) !== null) {
    await changeQueue(tx, caller, { queueId: objectId, changes: body, note });
  } else {
    const queue = { ...body, id: objectId };
    await createQueue(tx, accountId, { actor, queue, note });
  }
});
