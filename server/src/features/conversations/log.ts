import { randomUUID } from 'node:crypto';
import {
  audiences,
  interactionKinds,
  type Audience,
  type Entry,
  type EntryPage,
  type EntryKind,
} from '@samtal/contract/conversations';
import type { SettingValues } from '@samtal/contract/settings';
import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import { found } from '../../platform/http/index.ts';
import { CiphertextError, type ConversationKeys, type SealingKey } from '../../platform/keys/index.ts';
import { audienceOfDraft, streamOfDraft, type Draft, type Outcome } from './draft.ts';
import { openEntry, plainBody, sealBody, unreadableEntry } from './entry-body.ts';
import type { UnreadableConversations } from './unreadable-conversations.ts';
import { redactConversations } from './redact-conversations.ts';
import { dueAt, originalOf, shownBody, withOriginals, writeOriginals } from './originals.ts';
import { keepFromErasure } from './queries.ts';
import {
  lockBoth,
  readNewest,
  readPage,
  standing,
  writeEntries,
  type EntryRow,
  type LockedRow,
} from './log-statements.ts';
import { followTurns } from './turns.ts';

const pageSize = 2000;

/** An entry, and where it stands. */
export interface FoundEntry<Kind extends EntryKind = EntryKind> {
  readonly conversationId: string;
  readonly audience: Audience;
  readonly entry: Extract<Entry, { kind: Kind }>;
}

/** A draft that is being written, and how its stream stood before. */
interface Fresh {
  readonly draft: Draft;
  readonly seq: number;
  readonly at: Date;
  readonly row: LockedRow;
}

/**
 * The conversation log. A stream's row is locked while entries are appended, so that the order of seq is the order of
 * commits and has no gaps; bodies are encrypted under the conversation's key, bound to their stream and seq.
 */
export class ConversationLog {
  readonly #keys: ConversationKeys;
  readonly #fanout: Fanout;
  readonly #unreadable: UnreadableConversations | null;

  /** What cannot be opened, and is gone on without, is told to `unreadable`. */
  constructor(keys: ConversationKeys, fanout: Fanout, unreadable: UnreadableConversations | null = null) {
    this.#keys = keys;
    this.#fanout = fanout;
    this.#unreadable = unreadable;
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
    const referring = drafts.filter(({ alongside }) => alongside !== undefined);
    if (referring.length > 0)
      keepFromErasure(
        tx,
        account,
        referring.map(({ conversationId }) => conversationId),
      );
    const locked = await standing(tx, account, drafts);
    const heads = new Map<string, number>();
    const fresh: Fresh[] = [];
    const outcomes = drafts.map((draft, index): Outcome => {
      const row = locked[index];
      if (row === undefined) return { written: false, refused: 'not-found' };
      if (row.known_seq !== null && row.known_at !== null) {
        return { written: true, seq: row.known_seq, at: row.known_at, duplicate: true };
      }
      // The same new cid twice in one batch: the first one is it.
      const twin = fresh.find(
        (other) =>
          draft.cid !== null &&
          other.draft.cid === draft.cid &&
          streamOfDraft(other.draft) === streamOfDraft(draft),
      );
      if (twin !== undefined) return { written: true, seq: twin.seq, at: twin.at, duplicate: true };
      const refused =
        draft.admit?.(row) ?? (row.closed && draft.author !== null ? 'conversations.closed' : null);
      if (refused !== null) return { written: false, refused };
      const stream = streamOfDraft(draft);
      const seq = (heads.get(stream) ?? row.last_seq) + 1;
      heads.set(stream, seq);
      fresh.push({ draft, seq, at: row.at, row });
      return { written: true, seq, at: row.at, duplicate: false };
    });
    if (fresh.length > 0) await this.#write(tx, account, fresh);
    return outcomes;
  }

  /** Redacts what is due in these conversations, as {@link redactConversations} says. */
  async redact(
    tx: Tx,
    account: string,
    due: { ids: readonly string[]; settings: SettingValues },
  ): Promise<number> {
    const append = async (drafts: readonly Draft[]) => await this.append(tx, account, drafts);
    return await redactConversations(tx, { keys: this.#keys, append }, account, due);
  }

  /**
   * Locks both streams of a conversation. Whoever may write to both in one transaction does this before writing to either:
   * a batch of posts has them in this order, and two orders are a deadlock.
   */
  lock(tx: Tx, account: string, conversationId: string): void {
    tx.send(lockBoth, [account, conversationId]);
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

  /** How long the public stream has been silent. */
  async readSilence(
    tx: Tx,
    account: string,
    conversationId: string,
  ): Promise<{ silentSeconds: number; warned: boolean }> {
    return found(
      await tx.sql
        .selectFrom('stream')
        .select([
          sql<number>`extract(epoch from clock_timestamp() - last_interaction_at)::float8`.as(
            'silentSeconds',
          ),
          sql<boolean>`coalesce(warned_at >= last_interaction_at, false)`.as('warned'),
        ])
        .where('account_id', '=', account)
        .where('conversation_id', '=', conversationId)
        .where('audience', '=', 'public')
        .executeTakeFirst(),
    );
  }

  async noteWarning(tx: Tx, account: string, conversationId: string): Promise<void> {
    await tx.sql
      .updateTable('stream')
      .set({ warned_at: sql<Date>`clock_timestamp()` })
      .where('account_id', '=', account)
      .where('conversation_id', '=', conversationId)
      .where('audience', '=', 'public')
      .execute();
  }

  /**
   * Entries with a seq above `after`, as the visitor and whoever may read the transcript are shown them: with the originals that
   * live (G2). For nothing else: what is kept, sent or searched is the redacted text.
   */
  async readShown(
    tx: ReadTx,
    account: string,
    at: { conversationId: string; audience: Audience; after: number; limit: number },
  ): Promise<EntryPage> {
    const page = await this.read(tx, account, at);
    return { ...page, entries: await withOriginals(tx, this.#keys, account, { ...at, ...page }) };
  }

  /** Entries with a seq above `after`, decrypted; redacted. One that is damaged is `unreadable`. */
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
      entries: key === null ? [] : rows.map((row) => this.#openOrUnreadable(key, account, row)),
    };
  }

  /** An entry that is damaged is shown as one that cannot be read, and does not keep anybody from the others. */
  #openOrUnreadable(key: SealingKey, account: string, row: EntryRow): Entry {
    try {
      return openEntry(key, account, row);
    } catch (error) {
      if (!(error instanceof CiphertextError)) throw error;
      this.#unreadable?.note(account, row.conversation_id);
      return unreadableEntry(row);
    }
  }

  /** The last message or file of each conversation, decrypted. One that cannot be opened is left out and told of. */
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
      .where('kind', 'in', ['message', 'file'])
      .orderBy('conversation_id')
      .orderBy('seq', 'desc')
      .execute();
    const keys = await this.#readable(
      tx,
      account,
      rows.map((row) => row.conversation_id),
    );
    const opened = openAll(account, keys, rows);
    const last = new Map(opened.map(({ conversationId, entry }) => [conversationId, entry]));
    for (const { conversation_id: id } of rows)
      if (keys.has(id) && !last.has(id)) this.#unreadable?.note(account, id);
    return last;
  }

  /** The keys that can be opened. */
  async #readable(tx: ReadTx, account: string, ids: readonly string[]): Promise<Map<string, SealingKey>> {
    const { keys, unreadable } = await this.#keys.readable(tx, account, ids);
    for (const id of unreadable) this.#unreadable?.note(account, id);
    return keys;
  }

  /**
   * What these conversations hold of these kinds, both streams, decrypted a page at a time: however long they are, no more
   * than a page is in memory. What cannot be opened is counted and left out.
   */
  async *pagesOf<Kind extends EntryKind>(
    tx: ReadTx,
    account: string,
    conversations: readonly { readonly id: string }[],
    kinds: readonly Kind[],
  ): AsyncGenerator<{ found: FoundEntry<Kind>[]; unreadable: number }> {
    const ids = conversations.map(({ id }) => id);
    const keys = await this.#readable(tx, account, ids);
    let after: EntryRow | undefined;
    do {
      const rows: EntryRow[] = await tx.run<EntryRow>(readPage, [
        account,
        ids,
        after?.conversation_id ?? null,
        after?.audience ?? null,
        after?.seq ?? null,
        pageSize,
        kinds,
      ]);
      const opened = openAll<Kind>(account, keys, rows);
      yield { found: opened, unreadable: rows.length - opened.length };
      after = rows.length < pageSize ? undefined : rows.at(-1);
    } while (after !== undefined);
  }

  /** The newest entries of these kinds in these conversations, both streams, decrypted. What cannot be opened is counted. */
  async newest<Kind extends EntryKind>(
    tx: ReadTx,
    account: string,
    { ids, kinds, limit }: { ids: readonly string[]; kinds: readonly Kind[]; limit: number },
  ): Promise<{ found: FoundEntry<Kind>[]; unreadable: number }> {
    const keys = await this.#readable(tx, account, ids);
    const rows = await tx.run<EntryRow>(readNewest, [account, ids, audiences, kinds, limit]);
    const opened = openAll<Kind>(account, keys, rows);
    return { found: opened, unreadable: rows.length - opened.length };
  }

  async #write(tx: Tx, account: string, fresh: readonly Fresh[]): Promise<void> {
    const keys = await this.#keys.of(tx, account, [
      ...new Set(fresh.map(({ draft }) => draft.conversationId)),
    ]);
    const heads = new Map<
      string,
      { draft: Draft; entries: Entry[]; head: number; interaction: Date | null }
    >();
    const originals = fresh.flatMap((each) => {
      const original = originalOf(each.draft);
      return original === null ? [] : [{ ...each, original }];
    });
    const bodies = fresh.map(({ draft, seq, at }) => {
      const entry = {
        seq,
        kind: draft.kind,
        at: at.toISOString(),
        actor: draft.actor,
        cid: draft.cid,
        body: bodyShown(draft, at),
      } as Entry;
      const stream = heads.get(streamOfDraft(draft));
      const interaction = interactionKinds.includes(draft.kind) ? at : (stream?.interaction ?? null);
      heads.set(streamOfDraft(draft), {
        draft,
        entries: [...(stream?.entries ?? []), entry],
        head: seq,
        interaction,
      });
      return sealBody(found(keys.get(draft.conversationId)), account, draft, seq);
    });
    const streams = [...heads.values()];
    const { turns, responses } = followTurns(fresh);
    tx.send(writeEntries, [
      account,
      fresh.map(({ draft }) => draft.conversationId),
      fresh.map(({ draft }) => audienceOfDraft(draft)),
      fresh.map(({ seq }) => seq),
      fresh.map(({ draft }) => draft.kind),
      fresh.map(({ draft }) => draft.actor.kind),
      fresh.map(({ draft }) => draft.author),
      fresh.map(({ draft }) => draft.cid),
      fresh.map(({ at }) => at),
      bodies,
      streams.map(({ draft }) => draft.conversationId),
      streams.map(({ draft }) => audienceOfDraft(draft)),
      streams.map(({ head }) => head),
      streams.map(({ interaction }) => interaction),
      streams.map(({ draft }) => turns.get(streamOfDraft(draft))?.since ?? null),
      streams.map(({ draft }) => turns.get(streamOfDraft(draft))?.firstResponseMs ?? null),
      responses.map(({ at }) => at),
      responses.map(({ conversationId }) => conversationId),
      responses.map(({ queueId }) => queueId),
      responses.map(({ siteId }) => siteId),
      responses.map(({ agentId }) => agentId),
      responses.map(({ ms }) => ms),
      responses.map(({ outcome }) => outcome),
    ]);
    await writeOriginals(tx, this.#keys, account, originals);
    for (const { draft } of fresh) draft.alongside?.(tx);
    tx.afterCommit(() => {
      for (const { draft, entries, head } of streams) {
        const audience = audienceOfDraft(draft);
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

function bodyShown(draft: Draft, at: Date): object {
  const original = originalOf(draft);
  const body = plainBody(draft);
  return original !== null && 'text' in body
    ? shownBody(String(body.text), original.text, dueAt(at, original))
    : body;
}

/** The entries that can be opened. */
function openAll<Kind extends EntryKind>(
  account: string,
  keys: ReadonlyMap<string, SealingKey>,
  rows: readonly EntryRow[],
): FoundEntry<Kind>[] {
  return rows.flatMap((row) => {
    const key = keys.get(row.conversation_id);
    if (key === undefined) return [];
    try {
      const entry = openEntry(key, account, row) as FoundEntry<Kind>['entry'];
      return [{ conversationId: row.conversation_id, audience: row.audience, entry }];
    } catch (error) {
      if (error instanceof CiphertextError) return [];
      throw error;
    }
  });
}
