import type { AttributeMatch } from '@samtal/contract/visitors';
import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { blindIndexKey, blindIndexOf } from './blind-index.ts';
import { declaredAttributes } from './declared-attributes.ts';

/**
 * The ids of the account's conversations whose visitor has this value, whatever their scope (G8). Refuses with
 * visitors.attribute-not-indexed for an attribute that is not declared, or not for finding.
 */
export async function findConversationsByAttribute(
  tx: ReadTx,
  keyring: Keyring,
  account: string,
  match: AttributeMatch,
): Promise<string[]> {
  const attribute = (await declaredAttributes(tx, account)).get(match.key);
  if (attribute?.indexed !== true) throw new Refusal('visitors.attribute-not-indexed');
  const index = blindIndexOf(await blindIndexKey(keyring, account), match);
  if (index === null) return [];
  const rows = await tx.sql
    .selectFrom('visitor_attribute')
    .select('conversation_id')
    .where('account_id', '=', account)
    .where('blind_index', '=', index)
    .where('key', '=', match.key)
    .execute();
  return rows.map((row) => row.conversation_id);
}

/** The conversations that have all of these values. */
export async function findConversationsByAttributes(
  tx: ReadTx,
  keyring: Keyring,
  account: string,
  matches: readonly AttributeMatch[],
): Promise<string[]> {
  let found: ReadonlySet<string> | null = null;
  for (const match of matches) {
    const ids = new Set(await findConversationsByAttribute(tx, keyring, account, match));
    found = found === null ? ids : new Set([...ids].filter((id) => found?.has(id)));
  }
  return [...(found ?? [])];
}
