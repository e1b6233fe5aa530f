import { openSecrets } from './file-secrets.ts';
import type { ReadTx } from '../../platform/database/index.ts';
import type { ConversationKeys } from '../../platform/keys/index.ts';
import type { MediaParts } from './media.ts';
import { opened, type OpenedFile } from './open-file.ts';
import { findMedia } from './queries.ts';

/** A file as an export names it. */
export interface ListedFile {
  readonly mediaId: string;
  readonly name: string;
  readonly sizeBytes: number;
}

/** The files of a conversation, for a subject access export (G8). None when its key is destroyed. */
export async function listMediaOfConversation(
  tx: ReadTx,
  keys: ConversationKeys,
  { account, conversationId }: { account: string; conversationId: string },
): Promise<ListedFile[]> {
  const key = (await keys.of(tx, account, [conversationId])).get(conversationId);
  if (key === undefined) return [];
  const rows = await tx.sql
    .selectFrom('media')
    .selectAll()
    .where('account_id', '=', account)
    .where('conversation_id', '=', conversationId)
    .orderBy('stored_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    mediaId: row.id,
    name: openSecrets(key, row).name,
    sizeBytes: row.size_bytes,
  }));
}

/** The content of a file, for an export whose maker has been judged already. Refuses with not-found. */
export async function openListedFile(
  parts: Pick<MediaParts, 'database' | 'keys' | 'store'>,
  account: string,
  mediaId: string,
): Promise<OpenedFile> {
  return await opened(parts, account, async (tx) => await findMedia(tx, account, mediaId));
}
