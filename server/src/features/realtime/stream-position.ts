import { audienceOf, conversationOf, type StreamName } from '@samtal/contract/conversations';
import type { ReadTx } from '../../platform/database/index.ts';

/** Where a stream stands: what a client needs to know before entries come. Null: there is no such stream. */
export async function readPosition(tx: ReadTx, account: string, stream: StreamName) {
  const audience = audienceOf(stream);
  const row = await tx.sql
    .selectFrom('stream')
    .innerJoin('conversation', (join) =>
      join
        .onRef('conversation.account_id', '=', 'stream.account_id')
        .onRef('conversation.id', '=', 'stream.conversation_id'),
    )
    .select(['epoch', 'last_seq', 'visitor_delivered', 'visitor_read', 'agent_read'])
    .where('stream.account_id', '=', account)
    .where('stream.conversation_id', '=', conversationOf(stream))
    .where('stream.audience', '=', audience)
    .executeTakeFirst();
  if (row === undefined) return null;
  const receipts = {
    visitorDelivered: row.visitor_delivered,
    visitorRead: row.visitor_read,
    agentRead: row.agent_read,
  };
  return { epoch: row.epoch, head: row.last_seq, receipts: audience === 'public' ? receipts : null };
}
