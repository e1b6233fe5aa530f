import { conversationEndings } from '@samtal/contract/statistics';
import { sql } from 'kysely';
import type { ReadTx } from '../../../platform/database/index.ts';
import { Refusal } from '../../../platform/http/index.ts';
import { withinScopes } from '../../access/index.ts';
import type { BaseRow, Wanted } from './base-row.ts';
import { isAmong } from './narrowed.ts';

/** Conversations that lie in the scopes, one by one. */
export async function readConversationRows(
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
    .where(isAmong('fact', only))
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
