import type { Statement, Tx } from '../database/index.ts';
import type { Fact } from './facts.ts';

/** Writes facts in the transaction of what they tell of: both happen, or neither. Costs no round trip of its own. */
export function recordFact(tx: Tx, account: string, ...facts: readonly Fact[]): void {
  if (facts.length === 0) return;
  tx.send(insertFacts, [account, JSON.stringify(facts.map(rowOf))]);
}

function rowOf(fact: Fact) {
  return {
    at: 'at' in fact ? fact.at : undefined,
    since: 'since' in fact ? fact.since : undefined,
    kind: fact.kind,
    conversation_id: 'conversationId' in fact ? fact.conversationId : undefined,
    queue_id: 'queueId' in fact ? fact.queueId : undefined,
    site_id: 'siteId' in fact ? fact.siteId : undefined,
    agent_id: 'agentId' in fact ? fact.agentId : undefined,
    value: valueOf(fact),
    outcome: 'outcome' in fact ? fact.outcome : undefined,
    counts: 'counts' in fact ? fact.counts : undefined,
  };
}

function valueOf(fact: Fact): number | undefined {
  if (fact.kind === 'agent-state') return fact.limit;
  return fact.kind === 'rated' ? fact.rating : undefined;
}

/** All of one call are told at the same moment, in their order. The hours that they change are stale from then on. */
const insertFacts: Statement = {
  name: 'facts-insert',
  text: `
    with now as materialized (select moment() as at),
    told as (
      insert into fact (account_id, at, kind, conversation_id, queue_id, site_id, agent_id, value, outcome, counts)
      select $1::uuid, coalesce(each.at, now.at), each.kind, each.conversation_id, each.queue_id, each.site_id, each.agent_id,
        coalesce(each.value, greatest(0, round(extract(epoch from coalesce(each.at, now.at) - each.since) * 1000))::bigint),
        each.outcome, each.counts
      from now, rows from (jsonb_to_recordset($2::jsonb) as (at timestamptz, since timestamptz, kind text,
        conversation_id uuid, queue_id uuid, site_id uuid, agent_id uuid, value bigint, outcome text, counts jsonb))
        with ordinality as each (at, since, kind, conversation_id, queue_id, site_id, agent_id, value, outcome, counts, position)
      order by each.position
      returning at
    )
    insert into stale_hour (account_id, hour) select distinct $1::uuid, date_trunc('hour', at, 'UTC') from told`,
};
