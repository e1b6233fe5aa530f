import type { Selectable } from 'kysely';
import type { Statement, Tables, Tx } from '../../platform/database/index.ts';
import { audienceOfDraft, type Draft, type Standing } from './draft.ts';

/** A draft's stream while it is locked, and whether the draft is in it already. */
export interface LockedRow extends Standing {
  readonly position: number;
  readonly last_seq: number;
  /** Where the stream stood when the statement began, which may be before the lock was had. */
  readonly seen_seq: number;
  readonly closed: boolean;
  readonly at: Date;
  readonly known_seq: number | null;
  readonly known_at: Date | null;
  /** Since when what the visitor wrote waits for an agent’s answer. */
  readonly turn_since: Date | null;
  /** How long the first answer of an agent took; null before it. */
  readonly first_response_ms: number | null;
  /** What facts call the conversation. */
  readonly fact_id: string;
  readonly queue_id: string;
  readonly site_id: string | null;
}

/**
 * How each draft's stream stands, locked. Whoever had to wait for a lock sees the counter as it is by then, but all else
 * as it was before: agents may have changed, and the same post may have been written. With the locks held, a second look
 * is a true one.
 */
export async function standing(
  tx: Tx,
  account: string,
  drafts: readonly Draft[],
): Promise<(LockedRow | undefined)[]> {
  const rows = await lockStreams(tx, account, drafts);
  const isStale = rows.some((row) => row !== undefined && row.seen_seq !== row.last_seq);
  return isStale ? await lockStreams(tx, account, drafts) : rows;
}

const lockAndLook: Statement = {
  name: 'log-lock-and-look',
  text: `
    with wanted as (
      select * from unnest($2::integer[], $3::uuid[], $4::text[], $5::uuid[], $6::uuid[])
        as wanted (position, conversation_id, audience, author, cid)
    ), locked as materialized (
      select conversation_id, audience, last_seq, closed, turn_since, first_response_ms from stream
      where account_id = $1
        and (conversation_id, audience) in (select conversation_id, audience from wanted)
      order by conversation_id, audience
      for update
    )
    select wanted.position, locked.last_seq, seen.last_seq as seen_seq, locked.closed, moment() as at,
      locked.turn_since, locked.first_response_ms, conversation.fact_id, conversation.queue_id, conversation.site_id,
      conversation.state, conversation.agent_id as "agentId", conversation.visitor_id as "visitorId",
      known.seq as known_seq, known.at as known_at
    from wanted
    join locked using (conversation_id, audience)
    join stream seen on seen.account_id = $1 and seen.conversation_id = wanted.conversation_id
      and seen.audience = wanted.audience
    join conversation on conversation.account_id = $1 and conversation.id = wanted.conversation_id
    left join entry known on known.account_id = $1 and known.conversation_id = wanted.conversation_id
      and known.audience = wanted.audience and known.author = wanted.author and known.cid = wanted.cid`,
};

/** Both streams of a conversation, in the order in which posts lock them. */
export const lockBoth: Statement = {
  name: 'log-lock-both',
  text: `
    select from stream where account_id = $1 and conversation_id = $2
    order by conversation_id, audience
    for update`,
};

/** Entries, where their streams stand now, and the facts that agents’ answers are: all in one, because nothing runs as often. */
export const writeEntries: Statement = {
  name: 'log-write-entries',
  text: `
    with written as (
      insert into entry (account_id, conversation_id, audience, seq, kind, actor, author, cid, at, body)
      select $1::uuid, * from unnest($2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::uuid[], $8::uuid[],
        $9::timestamptz[], $10::bytea[])
    ), responded as (
      insert into fact (account_id, kind, at, conversation_id, queue_id, site_id, agent_id, value, outcome)
      select $1::uuid, 'responded', * from unnest($17::timestamptz[], $18::uuid[], $19::uuid[], $20::uuid[], $21::uuid[],
        $22::bigint[], $23::text[])
      returning at
    ), stale as (
      insert into stale_hour (account_id, hour) select distinct $1::uuid, date_trunc('hour', at, 'UTC') from responded
    )
    update stream set last_seq = head.seq,
      last_interaction_at = coalesce(head.interaction_at, stream.last_interaction_at),
      turn_since = head.turn_since, first_response_ms = head.first_response_ms
    from unnest($11::uuid[], $12::text[], $13::bigint[], $14::timestamptz[], $15::timestamptz[], $16::bigint[])
      as head (conversation_id, audience, seq, interaction_at, turn_since, first_response_ms)
    where stream.account_id = $1 and stream.conversation_id = head.conversation_id and stream.audience = head.audience`,
};

export type EntryRow = Selectable<Tables['entry']>;

export const readPage: Statement = {
  name: 'log-read-page',
  text: `
    select * from entry
    where account_id = $1 and conversation_id = any($2::uuid[]) and kind = any($7::text[])
      and ($3::uuid is null or (conversation_id, audience, seq) > ($3::uuid, $4::text, $5::bigint))
    order by conversation_id, audience, seq
    limit $6::integer`,
};

/** The newest entries of these kinds in these conversations, so many of each stream at most, the newest first. */
export const readNewest: Statement = {
  name: 'log-read-newest',
  text: `
    select newest.* from unnest($2::uuid[]) as wanted (id)
    cross join unnest($3::text[]) as stream (audience)
    cross join lateral (
      select * from entry
      where account_id = $1 and conversation_id = wanted.id and audience = stream.audience and kind = any($4::text[])
      order by seq desc
      limit $5::integer
    ) newest
    order by newest.at desc, newest.conversation_id, newest.audience, newest.seq desc
    limit $5::integer`,
};

/** Locks the drafts' streams, in one order so that no two transactions wait for each other, and reads how they stand. */
async function lockStreams(
  tx: Tx,
  account: string,
  drafts: readonly Draft[],
): Promise<(LockedRow | undefined)[]> {
  const rows = await tx.run<LockedRow>(lockAndLook, [
    account,
    drafts.map((_, index) => index),
    drafts.map(({ conversationId }) => conversationId),
    drafts.map(audienceOfDraft),
    drafts.map(({ author }) => author),
    drafts.map(({ cid }) => cid),
  ]);
  const byPosition: (LockedRow | undefined)[] = drafts.map(() => undefined);
  for (const row of rows) byPosition[row.position] = row;
  return byPosition;
}
