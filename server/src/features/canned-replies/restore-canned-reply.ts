import { CannedReplyConfiguration } from '@samtal/contract/canned-replies';
import { restorer } from '../../platform/history/index.ts';
import { changeCannedReply } from './change-canned-reply.ts';
import { createCannedReply } from './create-canned-reply.ts';
import { lockCannedReply } from './queries.ts';

export const restoreCannedReply = restorer(
  CannedReplyConfiguration,
  async (tx, caller, { objectId, body, note }) => {
    const { accountId, actor } = caller;
    if ((await lockCannedReply(tx, accountId, objectId)) !== null) {
      await changeCannedReply(tx, caller, { replyId: objectId, changes: body, note });
    } else {
      const reply = { ...body, id: objectId };
      await createCannedReply(tx, accountId, { actor, reply, note });
    }
  },
);
