import type { ProfileValue } from '@samtal/contract/visitors';
import type { ReadTx } from '../../platform/database/index.ts';
import type { ConversationKeys } from '../../platform/keys/index.ts';
import { openValue } from './attribute-value.ts';
import { declaredAttributes } from './declared-attributes.ts';
import { readValues } from './queries.ts';

/** The profile of a conversation's visitor, in the order in which the account declares attributes. Empty once it was erased. */
export async function readProfile(
  tx: ReadTx,
  keys: ConversationKeys,
  account: string,
  conversationId: string,
): Promise<ProfileValue[]> {
  const rows = new Map((await readValues(tx, account, [conversationId])).map((row) => [row.key, row]));
  if (rows.size === 0) return [];
  const key = (await keys.of(tx, account, [conversationId])).get(conversationId);
  if (key === undefined) return [];
  return [...(await declaredAttributes(tx, account)).values()].flatMap((attribute) => {
    const row = rows.get(attribute.key);
    if (row === undefined) return [];
    const value = openValue(key, { account, conversationId, key: attribute.key }, row.value);
    return [{ ...attribute, value, setAt: row.set_at.toISOString(), verified: row.verified }];
  });
}
