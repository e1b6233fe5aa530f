import type { Tx } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import type { ConversationKeys, MarkedBucket } from '../../platform/keys/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { eraseActivityOfVisitors, eraseLookUpReasons } from '../activity-log/index.ts';
import { eraseMediaOfConversations, type MediaStore } from '../media/index.ts';
import { eraseConversations } from '../conversations/index.ts';
import type { CaseHash } from './case-hash.ts';
import { recordDeletion, type DeletionCause } from './record-deletion.ts';

export interface DeletedConversation {
  readonly id: string;
  readonly case_id: string;
  readonly visitor_id: string;
}

export interface EraserParts {
  readonly keys: ConversationKeys;
  readonly fanout: Fanout;
  readonly caseHash: CaseHash;
  /** Where the content of files lies. Without it, content is left to be swept: it cannot be read any more. */
  readonly files?: { readonly store: MediaStore; readonly log: Log } | undefined;
}

/**
 * Erases conversations, and writes them into the deletion log in the same transaction. The only way to delete any. Whoever
 * calls it has locked them: what belongs to a conversation is locked after it (`keepFromErasure`).
 * Refuses with retention.held.
 */
export async function deleteConversations(
  tx: Tx,
  { keys, fanout, caseHash, files }: EraserParts,
  account: string,
  {
    conversations,
    cause,
  }: {
    conversations: readonly DeletedConversation[];
    cause: DeletionCause;
  },
): Promise<MarkedBucket[]> {
  if (conversations.length === 0) return [];
  const ids = conversations.map(({ id }) => id);
  const deletionId = await recordDeletion(tx, account, {
    dataClass: 'transcript',
    count: conversations.length,
    cause,
    cases: conversations.map(({ case_id }) => caseHash(case_id)),
  });
  // The activity log has days of its own. Whoever asks to be erased is erased there at once.
  if (cause.kind !== 'retention') {
    const visitors = conversations.map(({ visitor_id: id }) => id);
    await eraseActivityOfVisitors(tx, account, visitors);
  }
  await eraseLookUpReasons(tx, account, ids);
  if (files !== undefined) await eraseMediaOfConversations(tx, files, { account, conversationIds: ids });
  return await eraseConversations(tx, { keys, fanout }, account, { ids, deletionId });
}
