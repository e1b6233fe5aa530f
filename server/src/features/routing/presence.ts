import type { AgentPresence } from '@samtal/contract/routing';
import { sql } from 'kysely';
import type { ReadTx, Statement, Tx } from '../../platform/database/index.ts';
import { membersHolding } from '../access/index.ts';
import { loadsOf } from './queries.ts';

/** A node vouches for its agents' sockets this long, and says so again well before. */
const vouchedMs = 60_000;
/** After the last socket closed: a reload is no absence. */
const graceMs = 15_000;

/*
 * What facts have told of an agent last (I1):
 *
 * offline ──vouched for──▶ available ◀──chooses──▶ away
 *    ▲                          │                    │
 *    └── nobody vouches any more, or the user leaves ┘
 *
 * That nobody does is noticed a moment later, and told of when it became so.
 */

const vouch: Statement = {
  name: 'routing-vouch',
  text: `
    with now as materialized (select moment() as at),
    before as materialized (
      select user_id, connected_until, told, told_limit from agent_presence
      where account_id = $1 and user_id = any($2::uuid[])
      order by user_id
      for update
    ), agent as materialized (
      select membership.user_id, membership.max_conversations as "limit", before.told, before.told_limit, before.connected_until
      from membership left join before using (user_id)
      where membership.account_id = $1 and membership.user_id = any($2::uuid[])
    ), vouched as (
      insert into agent_presence (account_id, user_id, connected_until, told, told_limit)
      select $1::uuid, user_id, now.at + $3::integer * interval '1 millisecond', 'available', "limit" from agent, now order by user_id
      on conflict (account_id, user_id) do update set connected_until = excluded.connected_until,
        told = agent_presence.choice, told_limit = excluded.told_limit
      returning user_id, choice
    ), state as (
      select user_id, agent.connected_until as at, 'offline' as state, agent.told_limit as "limit" from agent, now
      where agent.told <> 'offline' and agent.connected_until < now.at
      union all
      select user_id, now.at, vouched.choice, agent."limit" from vouched join agent using (user_id), now
      where agent.told is distinct from vouched.choice or agent.told_limit is distinct from agent."limit"
        or agent.connected_until < now.at
    ), told as (
      insert into fact (account_id, at, kind, agent_id, outcome, value)
      select $1::uuid, at, 'agent-state', user_id, state, "limit" from state order by at
      returning at
    )
    insert into stale_hour (account_id, hour) select distinct $1::uuid, date_trunc('hour', at, 'UTC') from told`,
};

/** Says that these agents have a socket on this node. The first time an agent is seen, they are available. */
export async function vouchForAgents(tx: Tx, account: string, userIds: readonly string[]): Promise<void> {
  await tx.run(vouch, [account, userIds, vouchedMs]);
}

const tellGone: Statement = {
  name: 'routing-tell-gone',
  text: `
    with now as materialized (select moment() as at),
    gone as (
      update agent_presence set told = 'offline' from now
      where account_id = $1 and told <> 'offline' and (connected_until < now.at or user_id = $2::uuid)
      returning user_id, least(connected_until, now.at) as at, told_limit
    ), told as (
      insert into fact (account_id, at, kind, agent_id, outcome, value)
      select $1::uuid, at, 'agent-state', user_id, 'offline', told_limit from gone
      returning at
    )
    insert into stale_hour (account_id, hour) select distinct $1::uuid, date_trunc('hour', at, 'UTC') from told`,
};

/** Tells of agents for whom nobody vouches any more, at the time when that ended. */
export async function tellOfGoneAgents(tx: Tx, account: string): Promise<void> {
  await tx.run(tellGone, [account, null]);
}

/** Tells that an agent leaves the account, and so is there no more. */
export async function tellOfLeaving(tx: Tx, account: string, userId: string): Promise<void> {
  await tx.run(tellGone, [account, userId]);
}

/** Says that an agent's last socket on this node has closed. */
export async function releaseAgent(tx: Tx, account: string, userId: string): Promise<void> {
  await tx.sql
    .updateTable('agent_presence')
    .set({ connected_until: sql<Date>`moment() + ${graceMs}::integer * interval '1 millisecond'` })
    .where('account_id', '=', account)
    .where('user_id', '=', userId)
    .execute();
}

const choose: Statement = {
  name: 'routing-choose-presence',
  text: `
    with now as materialized (select moment() as at),
    before as materialized (
      select told, told_limit, connected_until >= now.at as there from agent_presence, now
      where account_id = $1 and user_id = $2
      for update of agent_presence
    ), chosen as (
      insert into agent_presence (account_id, user_id, choice) values ($1, $2, $3)
      on conflict (account_id, user_id) do update set choice = excluded.choice,
        idle_since = case excluded.choice when 'available' then now() else agent_presence.idle_since end,
        told = case when agent_presence.told <> 'offline' and (select there from before) then excluded.choice else agent_presence.told end
    ), told as (
      insert into fact (account_id, at, kind, agent_id, outcome, value)
      select $1::uuid, now.at, 'agent-state', $2::uuid, $3, told_limit from before, now
      where there and told not in ('offline', $3)
      returning at
    )
    insert into stale_hour (account_id, hour) select $1::uuid, date_trunc('hour', at, 'UTC') from told`,
};

export async function choosePresence(
  tx: Tx,
  account: string,
  userId: string,
  choice: 'available' | 'away',
): Promise<void> {
  await tx.run(choose, [account, userId, choice]);
}

/** Everyone who may be offered conversations, by name, and whether they are there. */
export async function presentPresence(tx: ReadTx, account: string): Promise<AgentPresence[]> {
  const holders = [...(await membersHolding(tx, account, 'conversations.handle')).keys()];
  if (holders.length === 0) return [];
  const rows = await tx.sql
    .selectFrom('membership')
    .leftJoin('agent_presence', (join) =>
      join
        .onRef('agent_presence.account_id', '=', 'membership.account_id')
        .onRef('agent_presence.user_id', '=', 'membership.user_id'),
    )
    .select([
      'membership.user_id',
      'membership.name',
      'membership.max_conversations',
      'choice',
      'connected_until',
    ])
    .where('membership.account_id', '=', account)
    .where('membership.status', '=', 'active')
    .where('membership.user_id', 'in', holders)
    .orderBy('membership.name')
    .execute();
  const loads = await loadsOf(tx, account);
  const now = new Date();
  return rows.map((row) => ({
    userId: row.user_id,
    name: row.name,
    state:
      row.connected_until !== null && row.connected_until > now ? (row.choice ?? 'available') : 'offline',
    conversations: loads.get(row.user_id) ?? 0,
    maxConversations: row.max_conversations,
  }));
}
