import type { ConversationCounts } from '../../platform/facts/index.ts';
import type { Statement, Tx } from '../../platform/database/index.ts';
import type { ConversationRow } from './queries.ts';

const written: Statement = {
  name: 'conversations-written',
  text: `
    select count(*) as messages from entry
    where account_id = $1 and conversation_id = $2 and kind in ('message', 'file')
      and actor = 'agent' and author = $3 and at >= $4`,
};

/** How many messages and files an agent has written in a conversation since they joined it. */
export async function messagesOf(
  tx: Tx,
  { account_id: account, id }: ConversationRow,
  { agentId, since }: { agentId: string; since: Date },
): Promise<number> {
  const [row] = await tx.run<{ messages: number }>(written, [account, id, agentId, since]);
  return row?.messages ?? 0;
}

const whole: Statement = {
  name: 'conversations-counts',
  text: `
    select
      count(*) filter (where kind in ('message', 'file') and actor = 'visitor') as "visitorMessages",
      count(*) filter (where kind in ('message', 'file') and actor = 'agent') as "agentMessages",
      count(distinct author) filter (where kind = 'joined') as agents,
      count(*) filter (where kind = 'transferred') as transfers,
      round(extract(epoch from min(at) filter (where kind = 'joined') - min(at)) * 1000)::bigint as "waitedMs",
      (select first_response_ms from stream
        where account_id = $1 and conversation_id = $2 and audience = 'public') as "firstResponseMs"
    from entry where account_id = $1 and conversation_id = $2 and audience = 'public'`,
};

/** What a conversation came to, for statistics. */
export async function countsOf(
  tx: Tx,
  { account_id: account, id }: ConversationRow,
): Promise<ConversationCounts> {
  const [row] = await tx.run<Required<ConversationCounts>>(whole, [account, id]);
  if (row === undefined) throw new Error('A statement that counts came back without a row');
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== null),
  ) as unknown as ConversationCounts;
}
