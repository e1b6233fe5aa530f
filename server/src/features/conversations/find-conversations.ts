import type { ConversationState } from '@samtal/contract/conversations';
import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { Scope } from '@samtal/contract/access';
import { normalCaseId } from './case-id.ts';
import type { ConversationRow } from './queries.ts';
import { conversationIn, conversationsWithin } from './scope.ts';

export interface Criteria {
  readonly caseId?: string;
  readonly agentId?: string;
  readonly queueId?: string;
  readonly state?: ConversationState;
  readonly tag?: string;
  readonly from?: string;
  readonly until?: string;
  readonly cursor?: string;
  readonly limit?: number;
  /** Only these, by id. */
  readonly among?: readonly string[];
  /** Scopes in which it has to lie besides. */
  readonly alsoWithin?: readonly Scope[];
}

/** Conversations within the scopes that meet the criteria, in no order; cursor and limit are left to whoever asks. */
function matchingConversations(tx: ReadTx, account: string, scopes: readonly Scope[], criteria: Criteria) {
  let query = conversationsWithin(tx, account, scopes);
  if (criteria.alsoWithin !== undefined) query = query.where(conversationIn(criteria.alsoWithin));
  if (criteria.among !== undefined)
    query = query.where((eb) => eb('conversation.id', '=', eb.fn.any(eb.val([...(criteria.among ?? [])]))));
  if (criteria.caseId !== undefined)
    query = query.where('conversation.case_id', '=', normalCaseId(criteria.caseId));
  if (criteria.agentId !== undefined) query = query.where('conversation.agent_id', '=', criteria.agentId);
  if (criteria.queueId !== undefined) query = query.where('conversation.queue_id', '=', criteria.queueId);
  if (criteria.state !== undefined) query = query.where('conversation.state', '=', criteria.state);
  if (criteria.tag !== undefined) {
    const { tag } = criteria;
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('conversation_tag')
          .select('conversation_tag.tag')
          .where('conversation_tag.account_id', '=', account)
          .whereRef('conversation_tag.conversation_id', '=', 'conversation.id')
          .where('conversation_tag.tag', '=', tag),
      ),
    );
  }
  if (criteria.from !== undefined)
    query = query.where('conversation.started_at', '>=', new Date(criteria.from));
  if (criteria.until !== undefined)
    query = query.where('conversation.started_at', '<', new Date(criteria.until));
  return query;
}

/** How many conversations within the scopes meet the criteria. */
export async function countConversations(
  tx: ReadTx,
  account: string,
  scopes: readonly Scope[],
  criteria: Omit<Criteria, 'cursor' | 'limit'>,
): Promise<number> {
  const { count } = await matchingConversations(tx, account, scopes, criteria)
    .clearSelect()
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** Conversations within the scopes, newest first, a page at a time. */
export async function findConversations(
  tx: ReadTx,
  account: string,
  scopes: readonly Scope[],
  criteria: Criteria,
): Promise<{ rows: ConversationRow[]; next: string | null }> {
  const limit = criteria.limit ?? 50;
  let query = matchingConversations(tx, account, scopes, criteria);
  if (criteria.cursor !== undefined) {
    const { at, id } = readCursor(criteria.cursor);
    query = query.where(
      sql<boolean>`(conversation.started_at, conversation.id) < (${at}::timestamptz, ${id}::uuid)`,
    );
  }
  const rows = await query
    .select(
      sql<string>`to_char(conversation.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as(
        'exactly',
      ),
    )
    .orderBy('conversation.started_at', 'desc')
    .orderBy('conversation.id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page,
    next: rows.length > limit && last !== undefined ? writeCursor(last.exactly, last.id) : null,
  };
}

/** A place in the list: the microsecond and the id of the last row given out. */
export function writeCursor(at: string, id: string): string {
  return Buffer.from(`${at} ${id}`).toString('base64url');
}

export function readCursor(cursor: string): { at: string; id: string } {
  const [at, id] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const proper =
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(at ?? '') && /^[0-9a-f-]{36}$/.test(id ?? '');
  if (!proper)
    throw new Refusal('request.invalid', {
      fields: [{ pointer: '/query/cursor', problem: 'is not a cursor of this list' }],
    });
  return { at: at ?? '', id: id ?? '' };
}
