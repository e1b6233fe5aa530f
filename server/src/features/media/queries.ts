import type { Selectable } from 'kysely';
import type { ReadTx, Statement, Tables } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';

export type MediaRow = Selectable<Tables['media']>;

/** Refuses with not-found. */
export async function findMedia(tx: ReadTx, account: string, id: string): Promise<MediaRow> {
  return found(
    await tx.sql
      .selectFrom('media')
      .selectAll()
      .where('account_id', '=', account)
      .where('id', '=', id)
      .executeTakeFirst(),
  );
}

export async function countSentFiles(
  tx: ReadTx,
  account: string,
  { conversationId, sentBy }: { conversationId: string; sentBy: string },
): Promise<number> {
  const { count } = await tx.sql
    .selectFrom('media')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('account_id', '=', account)
    .where('conversation_id', '=', conversationId)
    .where('sent_by', '=', sentBy)
    .executeTakeFirstOrThrow();
  return count;
}

/** account, id, conversation, who sent it, type, size, name, wrapped key */
export const insertMedia: Statement = {
  name: 'media-insert',
  text: `
    insert into media (account_id, id, conversation_id, sent_by, type, size_bytes, name, wrapped_key)
    values ($1, $2, $3, $4, $5, $6, $7, $8)`,
};
