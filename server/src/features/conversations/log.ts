import { randomUUID } from 'node:crypto';
import type { Actor, Audience, Entry, EntryBody, EntryKind, EntryPage } from '@samtal/contract/conversations';
import { audiences, entryKinds } from '@samtal/contract/conversations';
import type { ErrorCode } from '@samtal/contract/errors';
import type { ReadTx, Statement, Tx } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import { found } from '../../platform/http/index.ts';
import { seal, unseal, type ConversationKeys, type SealingKey } from '../../platform/keys/index.ts';

/** An entry to be appended. */
export interface Draft<Kind extends EntryKind = EntryKind> {
  readonly conversationId: string;
  readonly kind: Kind;
  readonly actor: Actor;
  /** The visitor's or the user's id; with `cid` it makes a post known again. Null for the platform. */
  readonly author: string | null;
  readonly cid: string | null;
  readonly body: EntryBody<Kind>;
  /** Whether this entry may be written, seeing how things stand; null when it may. Without it, it may. */
  readonly admit?: (standing: Standing) => ErrorCode | null;
}

/** How a conversation stands while its stream is locked. */
export interface Standing {
  readonly state: 'waiting' | 'offered' | 'active' | 'resolved';
  readonly agentId: string | null;
  readonly visitorId: string;
}

export type Outcome =
  | { readonly written: true; readonly seq: number; readonly at: Date; readonly duplicate: boolean }
  | { readonly written: false; readonly refused: ErrorCode };

interface LockedRow extends Standing {
  readonly position: number;
  readonly last_seq: number;
  /** Where the stream stood when the statement began, which may be before the lock was had. */
  readonly seen_seq: number;
  readonly closed: boolean;
  readonly at: Date;
  readonly known_seq: number | null;
  readonly known_at: Date | null;
}

/**
 * The conversation log. A stream's row is locked while entries are appended, so that the order of seq is the order of
 * commits and has no gaps; bodies are encrypted under the conversation's key, bound to their stream and seq.
 */
export class ConversationLog {
  readonly #keys: ConversationKeys;
  readonly #fanout: Fanout;

  constructor(keys: ConversationKeys, fanout: Fanout) {
    this.#keys = keys;
    this.#fanout = fanout;
  }

  /** Makes the key and both streams of a conversation that is being made in `tx`. */
  async open(tx: Tx, account: string, conversationId: string): Promise<void> {
    await this.#keys.create(tx, account, conversationId);
    await tx.sql
      .insertInto('stream')
      .values(
        audiences.map((audience) => ({
          account_id: account,
          conversation_id: conversationId,
          audience,
          epoch: randomUUID(),
        })),
      )
      .execute();
  }

  /**
   * Appends drafts in their order and announces them after the commit. A `cid` that its author has used in the stream
   * is answered with the first result.
   */
  async append(tx: Tx, account: string, drafts: readonly Draft[]): Promise<Outcome[]> {
    const locked = await standing(tx, account, drafts);
    const heads = new Map<string, number>();
    const fresh: { draft: Draft; seq: number; at: Date }[] = [];
    const outcomes = drafts.map((draft, index): Outcome => {
      const row = locked[index];
      if (row === undefined) return { written: false, refused: 'not-found' };
      if (row.known_seq !== null && row.known_at !== null) {
        return { written: true, seq: row.known_seq, at: row.known_at, duplicate: true };
      }
      // The same new cid twice in one batch: the first one is it.
      const twin = fresh.find(
        (other) => draft.cid !== null && other.draft.cid === draft.cid && sameStream(other.draft, draft),
      );
      if (twin !== undefined) return { written: true, seq: twin.seq, at: twin.at, duplicate: true };
      const refused =
        draft.admit?.(row) ?? (row.closed && draft.author !== null ? 'conversations.closed' : null);
      if (refused !== null) return { written: false, refused };
      const stream = streamKey(draft);
      const seq = (heads.get(stream) ?? row.last_seq) + 1;
      heads.set(stream, seq);
      fresh.push({ draft, seq, at: row.at });
      return { written: true, seq, at: row.at, duplicate: false };
    });
    if (fresh.length > 0) await this.#write(tx, account, fresh);
    return outcomes;
  }

  /** Closes both streams: nobody can post after the last entry. */
  async close(tx: Tx, account: string, conversationId: string): Promise<void> {
    await tx.sql
      .updateTable('stream')
      .set({ closed: true })
      .where('account_id', '=', account)
      .where('conversation_id', '=', conversationId)
      .execute();
  }

  /** Entries with a seq above `after`, decrypted. */
  async read(
    tx: ReadTx,
    account: string,
    at: { conversationId: string; audience: Audience; after: number; limit: number },
  ): Promise<EntryPage> {
    const stream = found(
      await tx.sql
        .selectFrom('stream')
        .select(['epoch', 'last_seq'])
        .where('account_id', '=', account)
        .where('conversation_id', '=', at.conversationId)
        .where('audience', '=', at.audience)
        .executeTakeFirst(),
    );
    const rows = await tx.sql
      .selectFrom('entry')
      .selectAll()
      .where('account_id', '=', account)
      .where('conversation_id', '=', at.conversationId)
      .where('audience', '=', at.audience)
      .where('seq', '>', at.after)
      .orderBy('seq')
      .limit(at.limit)
      .execute();
    const key = rows.length === 0 ? null : await this.#keys.one(tx, account, at.conversationId);
    return {
      epoch: stream.epoch,
      head: stream.last_seq,
      entries: key === null ? [] : rows.map((row) => openEntry(key, account, row)),
    };
  }

  /** The last message of each conversation, decrypted. */
  async lastMessages(
    tx: ReadTx,
    account: string,
    conversationIds: readonly string[],
  ): Promise<Map<string, Entry>> {
    if (conversationIds.length === 0) return new Map();
    const rows = await tx.sql
      .selectFrom('entry')
      .distinctOn('conversation_id')
      .selectAll()
      .where('account_id', '=', account)
      .where('conversation_id', 'in', conversationIds)
      .where('kind', '=', 'message')
      .orderBy('conversation_id')
      .orderBy('seq', 'desc')
      .execute();
    const keys = await this.#keys.of(
      tx,
      account,
      rows.map((row) => row.conversation_id),
    );
    const last = new Map<string, Entry>();
    for (const row of rows) {
      const key = keys.get(row.conversation_id);
      if (key !== undefined) last.set(row.conversation_id, openEntry(key, account, row));
    }
    return last;
  }

  async #write(
    tx: Tx,
    account: string,
    fresh: readonly { draft: Draft; seq: number; at: Date }[],
  ): Promise<void> {
    const keys = await this.#keys.of(tx, account, [
      ...new Set(fresh.map(({ draft }) => draft.conversationId)),
    ]);
    const heads = new Map<string, { draft: Draft; entries: Entry[]; head: number }>();
    const bodies = fresh.map(({ draft, seq, at }) => {
      const entry = {
        seq,
        kind: draft.kind,
        at: at.toISOString(),
        actor: draft.actor,
        cid: draft.cid,
        body: draft.body,
      } as Entry;
      const stream = heads.get(streamKey(draft)) ?? { draft, entries: [], head: 0 };
      heads.set(streamKey(draft), { draft, entries: [...stream.entries, entry], head: seq });
      return sealBody(found(keys.get(draft.conversationId)), account, draft, seq);
    });
    const streams = [...heads.values()];
    tx.send(writeEntries, [
      account,
      fresh.map(({ draft }) => draft.conversationId),
      fresh.map(({ draft }) => entryKinds[draft.kind].audience),
      fresh.map(({ seq }) => seq),
      fresh.map(({ draft }) => draft.kind),
      fresh.map(({ draft }) => draft.actor.kind),
      fresh.map(({ draft }) => draft.author),
      fresh.map(({ draft }) => draft.cid),
      fresh.map(({ at }) => at),
      bodies,
      streams.map(({ draft }) => draft.conversationId),
      streams.map(({ draft }) => entryKinds[draft.kind].audience),
      streams.map(({ head }) => head),
    ]);
    tx.afterCommit(() => {
      for (const { draft, entries, head } of streams) {
        const { audience } = entryKinds[draft.kind];
        this.#fanout.announce({
          kind: 'entries',
          account,
          conversation: draft.conversationId,
          audience,
          head,
          entries,
        });
      }
    });
  }
}

function sameStream(one: Draft, other: Draft): boolean {
  return streamKey(one) === streamKey(other);
}

function streamKey(draft: Draft): string {
  return `${draft.conversationId}:${entryKinds[draft.kind].audience}`;
}

/**
 * How each draft's stream stands, locked. Whoever had to wait for a lock sees the counter as it is by then, but all else
 * as it was before: agents may have changed, and the same post may have been written. With the locks held, a second look
 * is a true one.
 */
async function standing(
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
      select conversation_id, audience, last_seq, closed from stream
      where account_id = $1
        and (conversation_id, audience) in (select conversation_id, audience from wanted)
      order by conversation_id, audience
      for update
    )
    select wanted.position, locked.last_seq, seen.last_seq as seen_seq, locked.closed, clock_timestamp() as at,
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

const writeEntries: Statement = {
  name: 'log-write-entries',
  text: `
    with written as (
      insert into entry (account_id, conversation_id, audience, seq, kind, actor, author, cid, at, body)
      select $1::uuid, * from unnest($2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::uuid[], $8::uuid[],
        $9::timestamptz[], $10::bytea[])
    )
    update stream set last_seq = head.seq
    from unnest($11::uuid[], $12::text[], $13::bigint[]) as head (conversation_id, audience, seq)
    where stream.account_id = $1 and stream.conversation_id = head.conversation_id and stream.audience = head.audience`,
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
    drafts.map(({ kind }) => entryKinds[kind].audience),
    drafts.map(({ author }) => author),
    drafts.map(({ cid }) => cid),
  ]);
  const byPosition: (LockedRow | undefined)[] = drafts.map(() => undefined);
  for (const row of rows) byPosition[row.position] = row;
  return byPosition;
}

/** The actor's name is part of what is encrypted: a transcript stays readable when the person has left. */
function sealBody(key: SealingKey, account: string, draft: Draft, seq: number): Buffer {
  const plain = JSON.stringify({ body: draft.body, name: draft.actor.name });
  return seal(
    key,
    entryPlace(account, draft.conversationId, entryKinds[draft.kind].audience, seq),
    Buffer.from(plain),
  );
}

function openEntry(
  key: SealingKey,
  account: string,
  row: {
    conversation_id: string;
    audience: Audience;
    seq: number;
    kind: EntryKind;
    actor: Actor['kind'];
    author: string | null;
    cid: string | null;
    at: Date;
    body: Buffer;
  },
): Entry {
  const plain = unseal(key, entryPlace(account, row.conversation_id, row.audience, row.seq), row.body);
  const { body, name } = JSON.parse(plain.toString()) as { body: object; name: string | null };
  return {
    seq: row.seq,
    kind: row.kind,
    at: row.at.toISOString(),
    actor: { kind: row.actor, id: row.actor === 'agent' ? row.author : null, name },
    cid: row.cid,
    body,
  } as Entry;
}

function entryPlace(account: string, conversationId: string, audience: Audience, seq: number) {
  return { account, object: conversationId, record: `${audience}:${seq}`, field: 'body' };
}
