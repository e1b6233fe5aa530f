import type { Selectable } from 'kysely';
import type { Tables, Tx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';

export type ConversationRow = Selectable<Tables['conversation']>;

/** The conversation, locked until the transaction ends: every transition begins with this. */
export async function lockConversation(tx: Tx, account: string, id: string): Promise<ConversationRow> {
  return found(
    await tx.sql
      .selectFrom('conversation')
      .selectAll()
      .where('account_id', '=', account)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst(),
  );
}

export async function updateConversation(
  tx: Tx,
  conversation: ConversationRow,
  changes: Partial<
    Pick<
      ConversationRow,
      'state' | 'agent_id' | 'offer_until' | 'queue_id' | 'queue_name' | 'queued_at' | 'resolved_at' | 'link'
    >
  >,
): Promise<ConversationRow> {
  return await tx.sql
    .updateTable('conversation')
    .set(changes)
    .where('account_id', '=', conversation.account_id)
    .where('id', '=', conversation.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A member's name as visitors and colleagues see it. */
export async function memberName(tx: Tx, account: string, userId: string): Promise<string> {
  const member = found(
    await tx.sql
      .selectFrom('membership')
      .select('name')
      .where('account_id', '=', account)
      .where('user_id', '=', userId)
      .executeTakeFirst(),
  );
  return member.name;
}
