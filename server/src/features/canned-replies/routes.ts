import {
  changeCannedReply as changeCannedReplyEndpoint,
  createCannedReply as createCannedReplyEndpoint,
  deleteCannedReply as deleteCannedReplyEndpoint,
  listCannedReplies,
} from '@samtal/contract/canned-replies';
import type { Database } from '../../platform/database/index.ts';
import { changeOf } from '../../platform/history/index.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { changeCannedReply } from './change-canned-reply.ts';
import { createCannedReply } from './create-canned-reply.ts';
import { deleteCannedReply } from './delete-canned-reply.ts';
import { readCannedReplies, readCannedReply } from './queries.ts';

export function cannedRepliesRoutes(http: HttpServer, { database }: { database: Database }): void {
  http.serve(listCannedReplies, async ({ caller: { accountId } }) => ({
    items: await database.read(accountId, (tx) => readCannedReplies(tx, accountId)),
  }));

  http.serve(createCannedReplyEndpoint, async ({ caller: { accountId, actor }, body }) =>
    database.transaction(accountId, async (tx) => {
      const { changes: reply, note } = changeOf(body);
      const id = await createCannedReply(tx, accountId, { actor, reply, note });
      return await readCannedReply(tx, accountId, id);
    }),
  );

  http.serve(changeCannedReplyEndpoint, async ({ caller, params: { replyId }, body }) =>
    database.transaction(caller.accountId, async (tx) => {
      await changeCannedReply(tx, caller, { replyId, ...changeOf(body) });
      return await readCannedReply(tx, caller.accountId, replyId);
    }),
  );

  http.serve(deleteCannedReplyEndpoint, async ({ caller, params: { replyId }, body: note = {} }) => {
    await database.transaction(caller.accountId, (tx) => deleteCannedReply(tx, caller, { replyId, note }));
    return undefined;
  });
}
