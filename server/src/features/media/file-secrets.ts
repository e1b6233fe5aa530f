import { randomBytes } from 'node:crypto';
import { seal, unseal, type SealingKey } from '../../platform/keys/index.ts';
import type { MediaRow } from './queries.ts';

interface Where {
  readonly account: string;
  readonly conversationId: string;
  readonly mediaId: string;
}

/** Where the content belongs. Moved to another account, conversation or file it does not open. */
export function contentPlace({ account, conversationId, mediaId }: Where) {
  return { account, object: conversationId, record: `media:${mediaId}`, field: 'content' };
}

/** A key for one file, raw and wrapped by the conversation's key: it dies with that (G9). */
export function newFileKey(conversationKey: SealingKey, where: Where): { raw: Buffer; wrapped: Buffer } {
  const raw = randomBytes(32);
  return { raw, wrapped: seal(conversationKey, fieldPlace(where, 'key'), raw) };
}

export function sealName(conversationKey: SealingKey, where: Where, name: string): Buffer {
  return seal(conversationKey, fieldPlace(where, 'name'), Buffer.from(name));
}

/** The raw key and the name of a file. */
export function openSecrets(conversationKey: SealingKey, row: MediaRow): { key: Buffer; name: string } {
  const where = { account: row.account_id, conversationId: row.conversation_id, mediaId: row.id };
  return {
    key: unseal(conversationKey, fieldPlace(where, 'key'), row.wrapped_key),
    name: unseal(conversationKey, fieldPlace(where, 'name'), row.name).toString(),
  };
}

function fieldPlace(where: Where, field: 'key' | 'name') {
  return { ...contentPlace(where), field };
}
