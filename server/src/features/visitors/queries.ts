import type { Selectable } from 'kysely';
import type { ReadTx, Tables, Tx } from '../../platform/database/index.ts';
import type { ConversationRow } from '../conversations/index.ts';

export type ValueRow = Selectable<Tables['visitor_attribute']>;

/** The values of these conversations' visitors, as they are stored. */
export async function readValues(
  tx: ReadTx,
  account: string,
  conversationIds: readonly string[],
): Promise<ValueRow[]> {
  if (conversationIds.length === 0) return [];
  return await tx.sql
    .selectFrom('visitor_attribute')
    .selectAll()
    .where('account_id', '=', account)
    .where('conversation_id', 'in', conversationIds)
    .execute();
}

export async function writeValues(
  tx: Tx,
  { account_id, id }: ConversationRow,
  values: readonly Pick<ValueRow, 'key' | 'value' | 'blind_index' | 'masked' | 'verified'>[],
): Promise<void> {
  if (values.length === 0) return;
  await tx.sql
    .insertInto('visitor_attribute')
    .values(values.map((value) => ({ account_id, conversation_id: id, ...value })))
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'conversation_id', 'key']).doUpdateSet((eb) => ({
        value: eb.ref('excluded.value'),
        blind_index: eb.ref('excluded.blind_index'),
        masked: eb.ref('excluded.masked'),
        verified: eb.ref('excluded.verified'),
        set_at: eb.ref('excluded.set_at'),
      })),
    )
    .execute();
}

export async function deleteValues(
  tx: Tx,
  { account_id, id }: ConversationRow,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return;
  await tx.sql
    .deleteFrom('visitor_attribute')
    .where('account_id', '=', account_id)
    .where('conversation_id', '=', id)
    .where('key', 'in', keys)
    .execute();
}
