import type { Scope } from '@samtal/contract/access';
import type { LiveFigures } from '@samtal/contract/statistics';
import { sql } from 'kysely';
import type { ReadTx } from '../../../platform/database/index.ts';
import { covers, membersHolding, withinScopes } from '../../access/index.ts';
import { readSettings } from '../../settings/index.ts';
import { nameScopes } from './name-scopes.ts';

/** Where a conversation could be: any queue, with any site, for it may be transferred from one queue to another. */
interface Place {
  readonly units: readonly string[];
  readonly queue: string;
  readonly site: string | null;
}

interface QueuePlace {
  readonly id: string;
  readonly units: readonly string[];
}

/**
 * How things are at this moment, within the scopes: conversations that lie in them, queues that they can lie in, and agents who may
 * have them. Of an agent who has others, too, only those within the scopes are counted.
 */
export async function readLive(tx: ReadTx, account: string, scopes: readonly Scope[]): Promise<LiveFigures> {
  const queues = await readQueues(tx, account, scopes);
  const sites = await readSites(tx, account, scopes);
  return {
    scopes: await nameScopes(tx, account, scopes),
    serviceLevel: await readServiceLevel(tx, account),
    queues: queues
      .filter(({ inScope, waiting, offered, active }) => inScope || waiting + offered + active > 0)
      .map(({ id, name, waiting, offered, active, waitedSeconds }) => ({
        queueId: id,
        name,
        waiting,
        offered,
        active,
        longestWaitSeconds: waitedSeconds === null ? null : Math.max(0, waitedSeconds),
      })),
    sites: sites.filter(({ inScope }) => inScope).map(({ id, name }) => ({ siteId: id, name })),
    agents: await readAgents(tx, account, { scopes, queues }),
  };
}

async function readServiceLevel(tx: ReadTx, account: string): Promise<LiveFigures['serviceLevel']> {
  const values = await readSettings(tx, account, null);
  return {
    seconds: values['statistics.service-level-seconds'],
    percent: values['statistics.service-level-percent'],
  };
}

/** Every queue of the account, with the open conversations in it that lie within the scopes. */
async function readQueues(tx: ReadTx, account: string, scopes: readonly Scope[]) {
  return await tx.sql
    .selectFrom('queue')
    .leftJoin('conversation', (join) =>
      join
        .onRef('conversation.account_id', '=', 'queue.account_id')
        .onRef('conversation.queue_id', '=', 'queue.id')
        .on('conversation.state', '<>', 'resolved')
        .on(conversationWithin(scopes)),
    )
    .select(['queue.id', 'queue.name', 'queue.units'])
    .select((eb) => [
      eb.fn.count<number>('conversation.id').filterWhere('state', '=', 'waiting').as('waiting'),
      eb.fn.count<number>('conversation.id').filterWhere('state', '=', 'offered').as('offered'),
      eb.fn.count<number>('conversation.id').filterWhere('state', '=', 'active').as('active'),
      sql<number | null>`floor(extract(epoch from moment() - min(conversation.queued_at)
        filter (where conversation.state in ('waiting', 'offered'))))::integer`.as('waitedSeconds'),
      // A site leads to its queue: whoever sees the site sees what comes of it there.
      eb
        .or([
          withinScopes(scopes, { units: 'queue.units', queue: 'queue.id', site: null }),
          eb.exists(
            eb
              .selectFrom('site')
              .select('site.id')
              .whereRef('site.account_id', '=', 'queue.account_id')
              .whereRef('site.queue_id', '=', 'queue.id')
              .where(withinScopes(scopes, { units: 'queue.units', queue: 'queue.id', site: 'site.id' })),
          ),
        ])
        .as('inScope'),
    ])
    .where('queue.account_id', '=', account)
    .groupBy(['queue.account_id', 'queue.id'])
    .orderBy('queue.name')
    .execute();
}

async function readSites(tx: ReadTx, account: string, scopes: readonly Scope[]) {
  return await tx.sql
    .selectFrom('site')
    .leftJoin('queue', (join) =>
      join.onRef('queue.account_id', '=', 'site.account_id').onRef('queue.id', '=', 'site.queue_id'),
    )
    .select(['site.id', 'site.name'])
    .select(
      withinScopes(scopes, { units: 'queue.units', queue: 'site.queue_id', site: 'site.id' }).as('inScope'),
    )
    .where('site.account_id', '=', account)
    .orderBy('site.name')
    .execute();
}

async function readAgents(
  tx: ReadTx,
  account: string,
  { scopes, queues }: { scopes: readonly Scope[]; queues: readonly QueuePlace[] },
): Promise<LiveFigures['agents']> {
  const holders = await membersHolding(tx, account, 'conversations.handle');
  const places = placesWithin(scopes, queues, [...holders.values()].flat());
  const seen = [...holders]
    .filter(([, handles]) => places.some((place) => isCovered(place, handles)))
    .map(([userId]) => userId);
  if (seen.length === 0) return [];
  const rows = await tx.sql
    .selectFrom('membership')
    .leftJoin('agent_presence', (join) =>
      join
        .onRef('agent_presence.account_id', '=', 'membership.account_id')
        .onRef('agent_presence.user_id', '=', 'membership.user_id'),
    )
    .select(['membership.user_id as agentId', 'membership.name', 'membership.max_conversations as most'])
    .select((eb) => [
      sql<LiveFigures['agents'][number]['state']>`case when agent_presence.connected_until > now()
        then agent_presence.choice else 'offline' end`.as('state'),
      eb
        .selectFrom('conversation')
        .leftJoin('queue', (join) =>
          join
            .onRef('queue.account_id', '=', 'conversation.account_id')
            .onRef('queue.id', '=', 'conversation.queue_id'),
        )
        .select((count) => count.fn.countAll<number>().as('count'))
        .whereRef('conversation.account_id', '=', 'membership.account_id')
        .whereRef('conversation.agent_id', '=', 'membership.user_id')
        .where('conversation.state', 'in', ['offered', 'active'])
        .where(conversationWithin(scopes))
        .as('conversations'),
    ])
    .where('membership.account_id', '=', account)
    .where('membership.status', '=', 'active')
    .where('membership.user_id', 'in', seen)
    .orderBy('membership.name')
    .execute();
  return rows.map(({ agentId, name, most, state, conversations }) => ({
    agentId,
    name,
    state,
    conversations: conversations ?? 0,
    maxConversations: most,
  }));
}

/** The queue must be joined. */
function conversationWithin(scopes: readonly Scope[]) {
  return withinScopes(scopes, {
    units: 'queue.units',
    queue: 'conversation.queue_id',
    site: 'conversation.site_id',
  });
}

/** Every place within the scopes. Of sites only those matter that somebody's scope names: all others are alike. */
function placesWithin(
  scopes: readonly Scope[],
  queues: readonly QueuePlace[],
  handles: readonly Scope[],
): Place[] {
  const named = new Set([...scopes, ...handles].flatMap(({ site }) => site ?? []));
  return queues
    .flatMap(({ id, units }) => [null, ...named].map((site) => ({ units, queue: id, site })))
    .filter((place) => isCovered(place, scopes));
}

function isCovered(place: Place, scopes: readonly Scope[]): boolean {
  return scopes.some((scope) => covers(scope, place));
}
