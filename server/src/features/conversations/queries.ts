import type { Score } from '@samtal/contract/conversations';
import { sql, type Selectable } from 'kysely';
import type { ReadTx, Statement, Tables, Tx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';

export type ConversationRow = Selectable<Tables['conversation']>;

/** The moment by which facts are told and durations measured. */
export const now = sql<Date>`moment()`;

type Moment = typeof now;

type Changes = Partial<
  Pick<ConversationRow, 'state' | 'agent_id' | 'offer_until' | 'queue_id' | 'queue_name' | 'link'>
> & {
  readonly queued_at?: Moment;
  readonly resolved_at?: Moment;
  readonly waiting_since?: Moment | null;
  readonly joined_at?: Moment | null;
};

/**
 * The conversation, locked until the transaction ends: every transition begins with this. Its key stays free, so that
 * whoever has locked a stream can still write what refers to the conversation.
 */
export async function lockConversation(tx: Tx, account: string, id: string): Promise<ConversationRow> {
  return found(
    await tx.sql
      .selectFrom('conversation')
      .selectAll()
      .where('account_id', '=', account)
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirst(),
  );
}

const keep: Statement = {
  name: 'conversations-keep-from-erasure',
  text: 'select from conversation where account_id = $1 and id = any($2::uuid[]) order by id for key share',
};

/**
 * Has an erasure of these conversations wait until the transaction ends, or waits for it. The order of locks is: the
 * conversation, its streams, its bucket, and what else belongs to it. An erasure has the conversation first, and takes the rest along.
 * NOTE: a row that refers to a conversation locks it as well. So whoever writes one while it has a stream, or another row of
 * the conversation, begins with this.
 */
export function keepFromErasure(tx: Tx, account: string, ids: readonly string[]): void {
  tx.send(keep, [account, ids]);
}

export async function updateConversation(
  tx: Tx,
  conversation: ConversationRow,
  changes: Changes,
): Promise<ConversationRow> {
  return await tx.sql
    .updateTable('conversation')
    .set(changes)
    .where('account_id', '=', conversation.account_id)
    .where('id', '=', conversation.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A ticket has said who the visitor of a conversation is, now or anew (C9). */
export async function markVerified(tx: Tx, { account_id, id }: ConversationRow): Promise<void> {
  await tx.sql
    .updateTable('conversation')
    .set({ verified_at: sql<Date>`now()` })
    .where('account_id', '=', account_id)
    .where('id', '=', id)
    .execute();
}

/** The tags of conversations, in the order of letters, by conversation id. */
export async function readTags(
  tx: ReadTx,
  account: string,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await tx.sql
    .selectFrom('conversation_tag')
    .select(['conversation_id', 'tag'])
    .where('account_id', '=', account)
    .where('conversation_id', 'in', ids)
    .orderBy('tag')
    .execute();
  const tags = new Map<string, string[]>();
  for (const row of rows) tags.set(row.conversation_id, [...(tags.get(row.conversation_id) ?? []), row.tag]);
  return tags;
}

/** The agent who joined a conversation last; null where none ever did. */
export async function lastAgent(tx: ReadTx, account: string, id: string): Promise<string | null> {
  const joined = await tx.sql
    .selectFrom('entry')
    .select('author')
    .where('account_id', '=', account)
    .where('conversation_id', '=', id)
    .where('audience', '=', 'public')
    .where('kind', '=', 'joined')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return joined?.author ?? null;
}

/** How those conversations were rated whose visitors were asked, by conversation id; null where they have not answered. */
export async function readRatings(
  tx: ReadTx,
  account: string,
  ids: readonly string[],
): Promise<Map<string, Score | null>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.sql
    .selectFrom('rating')
    .select(['conversation_id', 'score'])
    .where('account_id', '=', account)
    .where('conversation_id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.conversation_id, row.score]));
}

/** A member's name as visitors and colleagues see it. */
export async function memberName(tx: Tx, account: string, userId: string): Promise<string> {
  const member = found(
    await tx.sql
      .selectFrom('membership')
      .select('name')
      .where('account_id', '=', account)
      .where('user_id', '=', userId)
      .executeTakeFirst(),
  );
  return member.name;
}
