import { sql } from 'kysely';
import { hasSqlState, type Statement, type Tx } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import type { ConversationKeys, MarkedBucket } from '../../platform/keys/index.ts';
import { Refusal } from '../../platform/http/index.ts';

/**
 * What is still open ends here, and statistics are told: whoever waits leaves the queue, whoever has one of them lets it go. In one
 * statement, because there is nothing to be known of each.
 */
const endOpen: Statement = {
  name: 'conversations-end-open',
  text: `
    with now as materialized (select moment() as at),
    open as (
      select * from conversation where account_id = $1 and id = any($2::uuid[]) and state <> 'resolved'
    ), ended as (
      select fact_id, queue_id, site_id, null::uuid as agent_id, 'flowed-out' as kind, waiting_since as since, 'ended' as outcome,
        null::jsonb as counts
      from open where waiting_since is not null
      union all
      select fact_id, queue_id, site_id, agent_id, 'left', joined_at, 'resolved', '{"messages": 0}'::jsonb
      from open where state = 'active' and joined_at is not null
      union all
      select fact_id, queue_id, site_id, agent_id, 'resolved', started_at, 'erased', '{}'::jsonb from open
    ), told as (
      insert into fact (account_id, at, kind, conversation_id, queue_id, site_id, agent_id, value, outcome, counts)
      select $1::uuid, now.at, kind, fact_id, queue_id, site_id, agent_id,
        greatest(0, round(extract(epoch from now.at - since) * 1000))::bigint, outcome, counts
      from ended, now
      returning at
    )
    insert into stale_hour (account_id, hour) select distinct $1::uuid, date_trunc('hour', at, 'UTC') from told`,
};

/** So many ids fit into one announcement to other nodes. */
const announcedTogether = 150;

/**
 * Erases conversations with everything that belongs to them (G8, G9): their keys first, then the rows, in whatever
 * state they are. Once that is committed every node drops the keys it has unwrapped, and clients that follow one of them
 * are told that it is gone. A post that comes meanwhile is either erased too or refused (attack 75).
 *
 * `deletionId` is the entry of the deletion log, written in this transaction for exactly these (retention's
 * `deleteConversations` writes both); the database erases nothing without one. Refuses with retention.held when one is
 * under legal hold, and the transaction is then lost. Answers with the keys that have to go before no backup can be read.
 */
export async function eraseConversations(
  tx: Tx,
  { keys, fanout }: { keys: ConversationKeys; fanout: Fanout },
  account: string,
  { ids, deletionId }: { ids: readonly string[]; deletionId: string },
): Promise<MarkedBucket[]> {
  tx.send(endOpen, [account, ids]);
  const marked = await keys.destroy(tx, account, ids);
  try {
    await sql`select erase_conversations(${[...ids]}::uuid[], ${deletionId})`.execute(tx.sql);
  } catch (error) {
    if (hasSqlState(error, 'SM002')) throw new Refusal('retention.held');
    throw error;
  }
  tx.afterCommit(() => {
    for (let from = 0; from < ids.length; from += announcedTogether)
      fanout.announce({ kind: 'erased', account, conversations: ids.slice(from, from + announcedTogether) });
  });
  return marked;
}
