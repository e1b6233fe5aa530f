import type { Audience, Entry } from '@samtal/contract/conversations';
import { sql } from 'kysely';
import type { ReadTx, Statement, Tx } from '../../platform/database/index.ts';
import { isUnreadable, seal, unseal, type ConversationKeys } from '../../platform/keys/index.ts';
import type { Original } from '../masking/index.ts';
import { audienceOfDraft, type Draft } from './draft.ts';

const hourMs = 60 * 60 * 1000;

/** An entry that is being written, and what it said before redaction of digits. */
interface WithOriginal {
  readonly draft: Draft;
  readonly seq: number;
  readonly at: Date;
  readonly original: Original;
}

/** What the draft said before redaction of digits, if that may be read for some time. */
export function originalOf({ body }: Draft): Original | null {
  return 'text' in body && typeof body.text === 'object' ? body.text.original : null;
}

/** When an original that was written at this moment is due at the latest; null when the conversation is resolved. */
export function dueAt(at: Date, { dueHours }: Original): Date | null {
  return dueHours === null ? null : new Date(at.getTime() + dueHours * hourMs);
}

/** An entry's body with its original, as both sides are shown it until it is due. */
export function shownBody(redacted: string, original: string, due: Date | null) {
  return { text: original, redaction: { at: due?.toISOString() ?? null, text: redacted } };
}

/** Writes originals of entries that are written in this transaction, each under a key of its own, bound to its entry. */
export async function writeOriginals(
  tx: Tx,
  keys: ConversationKeys,
  account: string,
  fresh: readonly WithOriginal[],
): Promise<void> {
  if (fresh.length === 0) return;
  const made = await keys.makeForOriginals(
    tx,
    account,
    fresh.map(({ draft, seq }) => ({
      conversation_id: draft.conversationId,
      audience: audienceOfDraft(draft),
      seq,
    })),
  );
  const bodies = made.map(({ row, key }, index) =>
    seal(key, originalPlace(account, row), Buffer.from(fresh[index]?.original.text ?? '')),
  );
  tx.send(insertOriginals, [
    account,
    made.map(({ row }) => row.conversation_id),
    made.map(({ row }) => row.audience),
    made.map(({ row }) => row.seq),
    made.map(({ row }) => row.bucket_id),
    made.map(({ row }) => row.wrapped),
    made.map(({ row }) => row.commitment),
    bodies,
    fresh.map(({ at, original }) => dueAt(at, original)),
  ]);
}

const insertOriginals: Statement = {
  name: 'log-write-originals',
  text: `
    insert into entry_original
      (account_id, conversation_id, audience, seq, bucket_id, wrapped, commitment, body, due_at)
    select $1::uuid, * from unnest($2::uuid[], $3::text[], $4::bigint[], $5::uuid[], $6::bytea[], $7::bytea[], $8::bytea[],
      $9::timestamptz[])`,
};

/**
 * The entries with the originals that live. One that is past its time is not shown, whether or not it has been deleted yet,
 * unless the case is held; nor is one that cannot be opened: then there is the redacted text.
 */
export async function withOriginals(
  tx: ReadTx,
  keys: ConversationKeys,
  account: string,
  { conversationId, audience, entries }: { conversationId: string; audience: Audience; entries: Entry[] },
): Promise<Entry[]> {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return entries;
  const rows = await tx.sql
    .selectFrom('entry_original')
    .innerJoin('conversation', (join) =>
      join
        .onRef('conversation.account_id', '=', 'entry_original.account_id')
        .onRef('conversation.id', '=', 'entry_original.conversation_id'),
    )
    .selectAll('entry_original')
    .where('entry_original.account_id', '=', account)
    .where('conversation_id', '=', conversationId)
    .where('audience', '=', audience)
    .where('seq', '>=', first.seq)
    .where('seq', '<=', last.seq)
    .where((eb) => eb.or([eb('due_at', 'is', null), eb('due_at', '>', sql<Date>`now()`), isHeld]))
    .execute();
  const originals = new Map<number, { text: string; due: Date | null }>();
  for (const row of rows) {
    try {
      const key = await keys.ofOriginal(row);
      if (key === null) continue;
      const text = unseal(key, originalPlace(account, row), row.body).toString();
      originals.set(row.seq, { text, due: row.due_at });
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
  }
  return entries.map((entry) => {
    const original = originals.get(entry.seq);
    if (original === undefined || (entry.kind !== 'message' && entry.kind !== 'note')) return entry;
    return { ...entry, body: shownBody(entry.body.text, original.text, original.due) };
  });
}

/** Whether a legal hold is on `conversation` at this moment: nothing of it is deleted then (G8). */
export const isHeld = sql<boolean>`exists (
  select from legal_hold hold
  where hold.account_id = conversation.account_id and hold.conversation_id = conversation.id
    and (hold.until is null or hold.until > now()))`;

/** The entry as somebody is shown it who may read it, but not what it says until redaction is due. */
export function withoutOriginal(entry: Entry): Entry {
  if ((entry.kind !== 'message' && entry.kind !== 'note') || entry.body.redaction === undefined) return entry;
  return { ...entry, body: { text: entry.body.redaction.text } };
}

function originalPlace(
  account: string,
  { conversation_id: object, audience, seq }: { conversation_id: string; audience: string; seq: number },
) {
  return { account, object, record: `${audience}:${seq}`, field: 'original' };
}
