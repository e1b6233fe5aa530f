import { sql } from 'kysely';
import type { Database } from '../../platform/database/index.ts';

/** One visitor's connection to an open conversation, as this node hears it. */
export interface HeardVisitor {
  readonly visitorId: string;
  readonly quality: 'ok' | 'weak' | 'lost';
}

/**
 * Vouches for the connections of visitors who have an open conversation. The watch (routing) turns what is said here,
 * and what is no longer said, into weak, lost and back.
 */
export async function vouchForVisitors(
  database: Database,
  account: string,
  heard: readonly HeardVisitor[],
): Promise<void> {
  await database.transaction(account, async (tx) => {
    await sql`
      insert into visitor_link (account_id, conversation_id, vouched_at, closed_at, quality)
      select conversation.account_id, conversation.id, now(), null, heard.quality
      from unnest(${heard.map((each) => each.visitorId)}::uuid[], ${heard.map((each) => each.quality)}::text[])
        as heard (visitor_id, quality)
      join conversation on conversation.account_id = ${account} and conversation.visitor_id = heard.visitor_id
        and conversation.state <> 'resolved'
      order by conversation.id
      on conflict (account_id, conversation_id)
        do update set vouched_at = excluded.vouched_at, closed_at = null, quality = excluded.quality
    `.execute(tx.sql);
  });
}

/** The visitor's last socket on this node has closed. */
export async function releaseVisitor(database: Database, account: string, visitorId: string): Promise<void> {
  await database.transaction(account, async (tx) => {
    await sql`
      update visitor_link set closed_at = now()
      from conversation
      where visitor_link.account_id = ${account} and conversation.account_id = ${account}
        and conversation.id = visitor_link.conversation_id and conversation.visitor_id = ${visitorId}
        and conversation.state <> 'resolved' and closed_at is null
    `.execute(tx.sql);
  });
}

/** How many conversations are ahead of each of these visitors' in its queue. Those that do not wait are left out. */
export async function placesOf(database: Database, account: string, visitorIds: readonly string[]) {
  return await database.read(account, async (tx) => {
    const { rows } = await sql<{ visitorId: string; conversationId: string; ahead: number }>`
      select mine.visitor_id as "visitorId", mine.id as "conversationId", (
        select count(*) from conversation other
        where other.account_id = ${account} and other.queue_id = mine.queue_id
          and other.state in ('waiting', 'offered') and other.queued_at < mine.queued_at
      ) as ahead
      from conversation mine
      where mine.account_id = ${account} and mine.visitor_id = any(${[...visitorIds]}::uuid[])
        and mine.state in ('waiting', 'offered')
    `.execute(tx.sql);
    return rows;
  });
}
