import type { Actor, Audience, Entry, EntryKind } from '@samtal/contract/conversations';
import { seal, unseal, type SealingKey } from '../../platform/keys/index.ts';
import { audienceOfDraft, type Draft } from './draft.ts';

/** The body as it is stored and shown. */
export function plainBody({ body }: Draft): object {
  return 'text' in body && typeof body.text !== 'string' ? { text: body.text.text } : body;
}

/** The actor's name is part of what is encrypted: a transcript stays readable when the person has left. */
export function sealBody(key: SealingKey, account: string, draft: Draft, seq: number): Buffer {
  const plain = JSON.stringify({ body: plainBody(draft), name: draft.actor.name });
  return seal(
    key,
    entryPlace(account, draft.conversationId, audienceOfDraft(draft), seq),
    Buffer.from(plain),
  );
}

interface StoredEntry {
  readonly conversation_id: string;
  readonly audience: Audience;
  readonly seq: number;
  readonly kind: EntryKind;
  readonly actor: Actor['kind'];
  readonly author: string | null;
  readonly cid: string | null;
  readonly at: Date;
  readonly body: Buffer;
}

/** What stands where an entry cannot be opened: when it was written and by which side, and not what. */
export function unreadableEntry({ audience, ...row }: StoredEntry): Entry {
  return {
    seq: row.seq,
    kind: audience === 'public' ? 'unreadable' : 'note-unreadable',
    at: row.at.toISOString(),
    actor: { kind: row.actor, id: row.actor === 'agent' ? row.author : null, name: null },
    cid: row.cid,
    body: {},
  };
}

export function openEntry(key: SealingKey, account: string, row: StoredEntry): Entry {
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
