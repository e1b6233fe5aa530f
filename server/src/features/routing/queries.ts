import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { membersHolding } from '../access/index.ts';
import type { Candidate, WaitingConversation } from './choose-agent.ts';

/** Waiting conversations with what their queue says, the most urgent first. */
export async function waitingConversations(tx: ReadTx, account: string) {
  const rows = await tx.sql
    .selectFrom('conversation')
    .innerJoin('queue', (join) =>
      join
        .onRef('queue.account_id', '=', 'conversation.account_id')
        .onRef('queue.id', '=', 'conversation.queue_id'),
    )
    .select([
      'conversation.id',
      'conversation.queue_id',
      'conversation.site_id',
      'conversation.queued_at',
      'queue.units',
      'queue.assignment',
      'queue.offer_seconds',
    ])
    .where('conversation.account_id', '=', account)
    .where('conversation.state', '=', 'waiting')
    .orderBy('queue.priority', 'desc')
    .orderBy('conversation.queued_at')
    // More than could be placed at once, so that those whom nobody serves do not hide the others.
    .limit(2_000)
    .execute();
  const refusals = await refusalsSinceQueued(
    tx,
    account,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({
    id: row.id,
    assignment: row.assignment,
    offerSeconds: row.offer_seconds,
    place: { units: row.units, queue: row.queue_id, site: row.site_id },
    refusedBy: refusals.get(row.id) ?? new Map(),
  })) satisfies (WaitingConversation & { assignment: string; offerSeconds: number })[];
}

async function refusalsSinceQueued(tx: ReadTx, account: string, conversationIds: readonly string[]) {
  const refusals = new Map<string, Map<string, { times: number; last: Date }>>();
  if (conversationIds.length === 0) return refusals;
  const rows = await tx.sql
    .selectFrom('offer')
    .innerJoin('conversation', (join) =>
      join
        .onRef('conversation.account_id', '=', 'offer.account_id')
        .onRef('conversation.id', '=', 'offer.conversation_id'),
    )
    .select(['offer.conversation_id', 'offer.user_id'])
    .select((eb) => [eb.fn.countAll<number>().as('times'), eb.fn.max('offer.answered_at').as('last')])
    .where('offer.account_id', '=', account)
    .where('offer.conversation_id', 'in', conversationIds)
    .where('offer.outcome', 'in', ['declined', 'missed'])
    .whereRef('offer.offered_at', '>=', 'conversation.queued_at')
    .groupBy(['offer.conversation_id', 'offer.user_id'])
    .execute();
  for (const row of rows) {
    const ofConversation =
      refusals.get(row.conversation_id) ?? new Map<string, { times: number; last: Date }>();
    ofConversation.set(row.user_id, { times: row.times, last: row.last ?? new Date(0) });
    refusals.set(row.conversation_id, ofConversation);
  }
  return refusals;
}

/** Agents who are connected and available, with what they have on their hands. */
export async function availableAgents(tx: Tx, account: string): Promise<Candidate[]> {
  const rows = await tx.sql
    .selectFrom('agent_presence')
    .innerJoin('membership', (join) =>
      join
        .onRef('membership.account_id', '=', 'agent_presence.account_id')
        .onRef('membership.user_id', '=', 'agent_presence.user_id'),
    )
    .select([
      'membership.user_id',
      'membership.name',
      'membership.max_conversations',
      'agent_presence.idle_since',
    ])
    .where('agent_presence.account_id', '=', account)
    .where('agent_presence.choice', '=', 'available')
    .where('agent_presence.connected_until', '>', new Date())
    .where('membership.status', '=', 'active')
    // Whoever is being removed at this moment is waited for, and whoever would remove one of these waits for us.
    .orderBy('membership.user_id')
    .forShare('membership')
    .execute();
  const scopes = await membersHolding(tx, account, 'conversations.handle');
  const loads = await loadsOf(tx, account);
  return rows
    .filter((row) => scopes.has(row.user_id))
    .map((row) => ({
      userId: row.user_id,
      name: row.name,
      scopes: scopes.get(row.user_id) ?? [],
      conversations: loads.get(row.user_id) ?? 0,
      maxConversations: row.max_conversations,
      idleSince: row.idle_since,
    }));
}

/** How many conversations each agent has or is offered, by user id. */
export async function loadsOf(tx: ReadTx, account: string): Promise<Map<string, number>> {
  const rows = await tx.sql
    .selectFrom('conversation')
    .select('agent_id')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('account_id', '=', account)
    .where('state', 'in', ['offered', 'active'])
    .groupBy('agent_id')
    .execute();
  return new Map(rows.flatMap((row) => (row.agent_id === null ? [] : [[row.agent_id, row.count]])));
}
