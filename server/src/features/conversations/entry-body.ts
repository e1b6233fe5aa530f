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

export function openEntry(
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
