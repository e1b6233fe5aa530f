import type { Scope } from '@samtal/contract/access';
import {
  conversationEndings,
  type BaseMeasures,
  type Figures,
  type StatisticsSubject,
} from '@samtal/contract/statistics';
import { sql } from 'kysely';
import type { ReadTx } from '../../../platform/database/index.ts';
import { Refusal } from '../../../platform/http/index.ts';
import { withinScopes } from '../../access/index.ts';
import type { Period } from './period.ts';

/** Base measures of one place in one hour or day, or of one conversation. */
export interface BaseRow {
  /** Some moment in the period. */
  readonly at: Date;
  readonly queue: string | null;
  readonly site: string | null;
  readonly agent: string | null;
  readonly conversation: string | null;
  readonly base: BaseMeasures;
}

interface Wanted {
  readonly subject: StatisticsSubject;
  readonly period: Period;
  readonly scopes: readonly Scope[];
  /** Agents of whom everything lies within the scopes. */
  readonly covered: readonly string[];
  readonly only: { readonly queueId?: string; readonly siteId?: string; readonly agentId?: string };
  /** More rows than this are refused with statistics.too-many. */
  readonly atMost: number;
}

/** What lies in the scopes. Their units are those of the queue. */
export async function readBaseRows(tx: ReadTx, account: string, wanted: Wanted): Promise<BaseRow[]> {
  return wanted.subject === 'conversations'
    ? await readConversations(tx, account, wanted)
    : await readFigureRows(tx, account, wanted);
}

async function readFigureRows(
  tx: ReadTx,
  account: string,
  { subject, period, scopes, covered, only, atMost }: Wanted,
): Promise<BaseRow[]> {
  const rows = await tx.sql
    .selectFrom('figure')
    .leftJoin('queue', (join) =>
      join.onRef('queue.account_id', '=', 'figure.account_id').onRef('queue.id', '=', 'figure.queue_id'),
    )
    .select(['period_start', 'queue_id', 'site_id', 'agent_id', 'base'])
    .where('figure.account_id', '=', account)
    .where('grain', '=', period.source)
    .where('period_start', '>=', period.from)
    .where('period_start', '<', period.to)
    .where('subject', '=', subject)
    .where((eb) =>
      eb.or([
        withinScopes(scopes, { units: 'queue.units', queue: 'figure.queue_id', site: 'figure.site_id' }),
        // An agent as a whole lies in no place: it is seen where everything that the agent may do is.
        eb.and([
          eb('figure.queue_id', 'is', null),
          eb('figure.site_id', 'is', null),
          sql<boolean>`figure.agent_id = any(${[...covered]}::uuid[])`,
          eb.not(
            eb.exists(
              // Nor is it where the agent had anything elsewhere at the time, whatever they may do by now.
              eb
                .selectFrom('figure as elsewhere')
                .leftJoin('queue as there', (join) =>
                  join
                    .onRef('there.account_id', '=', 'elsewhere.account_id')
                    .onRef('there.id', '=', 'elsewhere.queue_id'),
                )
                .select('elsewhere.agent_id')
                .whereRef('elsewhere.account_id', '=', 'figure.account_id')
                .whereRef('elsewhere.grain', '=', 'figure.grain')
                .whereRef('elsewhere.period_start', '=', 'figure.period_start')
                .whereRef('elsewhere.subject', '=', 'figure.subject')
                .whereRef('elsewhere.agent_id', '=', 'figure.agent_id')
                .where((there) =>
                  there.and([
                    there.or([
                      there('elsewhere.queue_id', 'is not', null),
                      there('elsewhere.site_id', 'is not', null),
                    ]),
                    there.not(
                      withinScopes(scopes, {
                        units: 'there.units',
                        queue: 'elsewhere.queue_id',
                        site: 'elsewhere.site_id',
                      }),
                    ),
                  ]),
                ),
            ),
          ),
        ]),
      ]),
    )
    .$if(only.queueId !== undefined, (query) => query.where('queue_id', '=', only.queueId ?? ''))
    .$if(only.siteId !== undefined, (query) => query.where('site_id', '=', only.siteId ?? ''))
    .$if(only.agentId !== undefined, (query) => query.where('agent_id', '=', only.agentId ?? ''))
    .$if(Number.isFinite(atMost), (query) => query.limit(atMost + 1))
    .execute();
  if (rows.length > atMost) throw new Refusal('statistics.too-many');
  return rows.map((row) => ({
    at: row.period_start,
    queue: row.queue_id,
    site: row.site_id,
    agent: row.agent_id,
    conversation: null,
    base: row.base,
  }));
}

async function readConversations(
  tx: ReadTx,
  account: string,
  { period, scopes, only, atMost }: Wanted,
): Promise<BaseRow[]> {
  const rows = await tx.sql
    .selectFrom('fact')
    .leftJoin('queue', (join) =>
      join.onRef('queue.account_id', '=', 'fact.account_id').onRef('queue.id', '=', 'fact.queue_id'),
    )
    .selectAll('fact')
    .where('fact.account_id', '=', account)
    .where('kind', '=', 'resolved')
    // Facts of conversations under legal hold stay when their day is gone from statistics.
    .where(
      sql<boolean>`at >= coalesce((select kept_since from rolled_up where account_id = ${account}), '-infinity')`,
    )
    .where('at', '>=', period.from)
    .where('at', '<', period.to)
    .where(withinScopes(scopes, { units: 'queue.units', queue: 'fact.queue_id', site: 'fact.site_id' }))
    .$if(only.queueId !== undefined, (query) => query.where('queue_id', '=', only.queueId ?? ''))
    .$if(only.siteId !== undefined, (query) => query.where('site_id', '=', only.siteId ?? ''))
    .$if(only.agentId !== undefined, (query) => query.where('agent_id', '=', only.agentId ?? ''))
    .orderBy('at')
    .$if(Number.isFinite(atMost), (query) => query.limit(atMost + 1))
    .execute();
  if (rows.length > atMost) throw new Refusal('statistics.too-many');
  return rows.map(({ at, value, outcome, counts, ...row }) => ({
    at,
    queue: row.queue_id,
    site: row.site_id,
    agent: row.agent_id,
    conversation: row.conversation_id,
    base: {
      ...counts,
      durationMs: value ?? 0,
      startedAt: at.getTime() - (value ?? 0),
      resolvedAt: at.getTime(),
      ending: conversationEndings.findIndex((ending) => ending === outcome),
    },
  }));
}

/** Up to when everything that happened is in the figures; null before anything did. */
export async function countedUntil(tx: ReadTx, account: string): Promise<Date | null> {
  const { rows } = await sql<{ until: Date | null }>`
    select least(
      case when stands_open or exists (select from stale_hour where account_id = ${account}) then until else moment() end,
      (select min(hour) from failed_hour where account_id = ${account})
    ) as until
    from rolled_up where account_id = ${account}`.execute(tx.sql);
  return rows[0]?.until ?? null;
}

/** The hours that could not be counted; null where there are none. */
export async function readUncounted(tx: ReadTx, account: string): Promise<Figures['uncounted']> {
  const { rows } = await sql<{ from: Date | null; hours: number; retry: Date | null }>`
    select min(hour) as from, count(*)::integer as hours, min(retry_at) as retry
    from failed_hour where account_id = ${account}`.execute(tx.sql);
  const { from = null, hours = 0, retry = null } = rows[0] ?? {};
  return from === null || retry === null
    ? null
    : { from: from.toISOString(), hours, retriedAt: retry.toISOString() };
}
