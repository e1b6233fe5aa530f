import type { FiguresQuery } from '@samtal/contract/statistics';
import { sql, type RawBuilder } from 'kysely';

/** Queues, sites and agents that alone are looked at; where one is left out, all of them are. */
export interface Narrowed {
  readonly queue?: readonly string[];
  readonly site?: readonly string[];
  readonly agent?: readonly string[];
}

/** What the query asks for, as far as it lies within. */
export function narrowed({ queueId, siteId, agentId }: FiguresQuery, within: Narrowed): Narrowed {
  return {
    ...meet('queue', queueId, within),
    ...meet('site', siteId, within),
    ...meet('agent', agentId, within),
  };
}

function meet(
  dimension: keyof Narrowed,
  asked: string | undefined,
  { [dimension]: allowed }: Narrowed,
): Narrowed {
  if (asked === undefined) return allowed === undefined ? {} : { [dimension]: allowed };
  return { [dimension]: allowed === undefined || allowed.includes(asked) ? [asked] : [] };
}

/** SQL: the row is of what alone is looked at. Of nothing at all is none. */
export function isAmong(table: 'figure' | 'fact', { queue, site, agent }: Narrowed): RawBuilder<boolean> {
  const among = (column: string, ids: readonly string[] | undefined) =>
    ids === undefined ? [] : [sql`${sql.ref(`${table}.${column}`)} = any(${[...ids]}::uuid[])`];
  const parts = [...among('queue_id', queue), ...among('site_id', site), ...among('agent_id', agent)];
  return parts.length === 0 ? sql<boolean>`true` : sql<boolean>`(${sql.join(parts, sql` and `)})`;
}
