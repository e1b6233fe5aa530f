import { sql, type Expression, type SqlBool } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { isHeld } from '../conversations/index.ts';
import type { DeletedConversation } from './delete-conversations.ts';

/** Visitor sessions are needed until their conversations have been closed after their end, and no longer than this. */
export const sessionLeftoverHours = 24;

function ofChannel(channelId: string | null): Expression<SqlBool> {
  return channelId === null ? sql`site_id is null` : sql`site_id = ${channelId}`;
}

/** The oldest transcripts of a channel that are due, locked; those that somebody else has locked are left to them. */
export async function claimDueTranscripts(
  tx: Tx,
  account: string,
  { channelId, days, limit }: { channelId: string | null; days: number; limit: number },
): Promise<DeletedConversation[]> {
  const { rows } = await sql<DeletedConversation>`
    select id, case_id, visitor_id from conversation
    where account_id = ${account} and ${ofChannel(channelId)} and state = 'resolved'
      and resolved_at <= now() - make_interval(days => ${days}) and not ${isHeld}
    order by resolved_at limit ${limit} for update skip locked`.execute(tx.sql);
  return rows;
}

/** How a channel's transcripts stand against a number of days. */
export interface TranscriptsDue {
  readonly kept: number;
  readonly due: number;
  readonly held: number;
  /** When the oldest that is due was resolved, and when the oldest that is not. */
  readonly oldest: Date | null;
  readonly next: Date | null;
}

export async function countDueTranscripts(
  tx: ReadTx,
  account: string,
  { channelId, days }: { channelId: string | null; days: number },
): Promise<TranscriptsDue> {
  const { rows } = await sql<TranscriptsDue>`
    with stands as (
      select resolved_at, resolved_at <= now() - make_interval(days => ${days}) as is_due, ${isHeld} as is_held
      from conversation where account_id = ${account} and ${ofChannel(channelId)} and state = 'resolved')
    select count(*) as kept, count(*) filter (where is_due and not is_held) as due,
      count(*) filter (where is_due and is_held) as held,
      min(resolved_at) filter (where is_due and not is_held) as oldest,
      min(resolved_at) filter (where not is_due and not is_held) as next
    from stands`.execute(tx.sql);
  return rows[0] ?? { kept: 0, due: 0, held: 0, oldest: null, next: null };
}

/** How many entries the transcripts have that would be due. */
export async function countDueEntries(
  tx: ReadTx,
  account: string,
  { channelId, days }: { channelId: string | null; days: number },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from entry join conversation
      on conversation.account_id = entry.account_id and conversation.id = entry.conversation_id
    where conversation.account_id = ${account} and ${ofChannel(channelId)} and state = 'resolved'
      and resolved_at <= now() - make_interval(days => ${days}) and not ${isHeld}`.execute(tx.sql);
  return rows[0]?.count ?? 0;
}

/** Deletes visitor sessions that ended long enough ago. Returns how many, `limit` at most. */
export async function deleteEndedSessions(tx: Tx, account: string, limit: number): Promise<number> {
  const result = await sql`
    delete from visitor_session where account_id = ${account} and id in (
      select id from visitor_session
      where account_id = ${account} and expires_at <= now() - make_interval(hours => ${sessionLeftoverHours})
      limit ${limit} for update skip locked)`.execute(tx.sql);
  return Number(result.numAffectedRows ?? 0n);
}

export async function countEndedSessions(
  tx: ReadTx,
  account: string,
): Promise<{ kept: number; due: number; oldest: Date | null; next: Date | null }> {
  const { rows } = await sql<{ kept: number; due: number; oldest: Date | null; next: Date | null }>`
    with stands as (
      select expires_at, expires_at <= now() - make_interval(hours => ${sessionLeftoverHours}) as is_due
      from visitor_session where account_id = ${account})
    select count(*) as kept, count(*) filter (where is_due) as due, min(expires_at) filter (where is_due) as oldest,
      min(expires_at) filter (where not is_due) as next
    from stands`.execute(tx.sql);
  return rows[0] ?? { kept: 0, due: 0, oldest: null, next: null };
}

/** Holds that have run out. Returns the conversations that they were on. */
export async function deleteEndedHolds(tx: Tx, account: string): Promise<string[]> {
  const rows = await tx.sql
    .deleteFrom('legal_hold')
    .where('account_id', '=', account)
    .where('until', '<=', sql<Date>`now()`)
    .returning('conversation_id')
    .execute();
  return rows.map((row) => row.conversation_id);
}
