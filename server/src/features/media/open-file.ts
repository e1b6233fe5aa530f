import { mediaTypes } from '@samtal/contract/media';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { found, Refusal, type Download, type Member, type Visitor } from '../../platform/http/index.ts';
import { unsealStream } from '../../platform/keys/index.ts';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import { findConversation, mayRead } from '../conversations/index.ts';
import { readSettings } from '../settings/index.ts';
import { contentPlace, openSecrets } from './file-secrets.ts';
import type { MediaParts } from './media.ts';
import { findMedia, type MediaRow } from './queries.ts';

/** A file with its content opened, piece by piece. */
export interface OpenedFile extends Download {
  readonly content: AsyncIterable<Buffer>;
}

/** A file that a member may read, because the conversation is theirs to read. Refuses with not-found. */
export async function openFileAsMember(
  parts: MediaParts,
  member: Member,
  mediaId: string,
): Promise<Download> {
  return await opened(parts, member.accountId, async (tx) => {
    const row = await readableMedia(tx, member, mediaId);
    await recordOpening(tx, row, member.actor);
    return row;
  });
}

/** A file in one of the visitor's own conversations. Refuses with not-found. */
export async function openFileAsVisitor(
  parts: MediaParts,
  { accountId, visitorId }: Visitor,
  mediaId: string,
): Promise<Download> {
  return await opened(parts, accountId, async (tx) => {
    const row = await findMedia(tx, accountId, mediaId);
    const conversation = await findConversation(tx, accountId, row.conversation_id);
    if (conversation.visitor_id !== visitorId) throw new Refusal('not-found');
    return row;
  });
}

/** A file for whoever has a good link to it, as long as the account lets files be opened that way. Refuses with not-found. */
export async function openFileByLink(
  parts: MediaParts,
  { account, mediaId }: { account: string; mediaId: string },
): Promise<Download> {
  return await opened(parts, account, async (tx) => {
    const { status } = found(
      await tx.sql.selectFrom('account').select('status').where('id', '=', account).executeTakeFirst(),
    );
    const row = await findMedia(tx, account, mediaId);
    if (status !== 'active' || !(await mayLink(tx, row))) throw new Refusal('not-found');
    await recordOpening(tx, row, { kind: 'unknown' });
    return row;
  });
}

/** The row of a file, if the member may read the conversation. */
export async function readableMedia(tx: ReadTx, member: Member, mediaId: string): Promise<MediaRow> {
  const row = await findMedia(tx, member.accountId, mediaId);
  const conversation = await findConversation(tx, member.accountId, row.conversation_id);
  if (!(await mayRead(tx, member, conversation))) throw new Refusal('not-found');
  return row;
}

/** Whether the file may be opened by a link, without a session (E12). */
export async function mayLink(tx: ReadTx, row: MediaRow): Promise<boolean> {
  const { site_id } = await findConversation(tx, row.account_id, row.conversation_id);
  return !(await readSettings(tx, row.account_id, site_id))['media.access-enforced'];
}

/** Finds the row, and opens the content under the key that it leads to; not-found when that key is destroyed. */
export async function opened(
  { database, keys, store }: Pick<MediaParts, 'database' | 'keys' | 'store'>,
  account: string,
  find: (tx: Tx) => Promise<MediaRow>,
): Promise<OpenedFile> {
  const { row, conversationKey } = await database.transaction(account, async (tx) => {
    const media = await find(tx);
    const known = await keys.of(tx, account, [media.conversation_id]);
    return { row: media, conversationKey: found(known.get(media.conversation_id)) };
  });
  const { key, name } = openSecrets(conversationKey, row);
  const where = { account, conversationId: row.conversation_id, mediaId: row.id };
  return {
    type: mediaTypes[row.type].mime,
    fileName: name,
    sizeBytes: row.size_bytes,
    content: unsealStream(key, contentPlace(where), await store.read(account, row.id)),
  };
}

/** Opening a file of others is on the audit trail (H2): who and which, never its name. */
async function recordOpening(tx: Tx, row: MediaRow, actor: AuditActor): Promise<void> {
  await recordAudit(tx, row.account_id, {
    action: 'media.opened',
    actor,
    subject: { kind: 'file', id: row.id },
    details: { conversationId: row.conversation_id },
  });
}
