import type { Tx } from '../../platform/database/index.ts';
import { openValue } from './attribute-value.ts';
import { blindIndexKey, blindIndexOf } from './blind-index.ts';
import { declaredAttributes } from './declared-attributes.ts';
import type { VisitorsParts } from './visitors-parts.ts';

const batch = 500;

/**
 * Makes what is stored follow what is declared: values of attributes that are declared no more go, so do indexes of
 * those that are not for finding any more, and those that have become so get theirs. Nothing to do is the ordinary case.
 * Answers with how many values were removed, and how many were indexed anew: at most so many at a time.
 */
export async function tidyAttributes(
  tx: Tx,
  { keys, keyring }: Pick<VisitorsParts, 'keys' | 'keyring'>,
  account: string,
): Promise<{ removed: number; indexed: number }> {
  const declared = [...(await declaredAttributes(tx, account)).values()];
  const known = declared.map(({ key }) => key);
  const indexed = declared.filter((each) => each.indexed).map(({ key }) => key);
  const removed = await tx.sql
    .deleteFrom('visitor_attribute')
    .where('account_id', '=', account)
    .where((eb) => eb.not(eb('key', '=', eb.fn.any(eb.val(known)))))
    .executeTakeFirst();
  await tx.sql
    .updateTable('visitor_attribute')
    .set({ blind_index: null })
    .where('account_id', '=', account)
    .where('blind_index', 'is not', null)
    .where((eb) => eb.not(eb('key', '=', eb.fn.any(eb.val(indexed)))))
    .execute();
  return {
    removed: Number(removed.numDeletedRows),
    indexed: indexed.length === 0 ? 0 : await indexWhatHasNone(tx, { keys, keyring }, account, indexed),
  };
}

async function indexWhatHasNone(
  tx: Tx,
  { keys, keyring }: Pick<VisitorsParts, 'keys' | 'keyring'>,
  account: string,
  indexed: readonly string[],
): Promise<number> {
  const rows = await tx.sql
    .selectFrom('visitor_attribute')
    .selectAll()
    .where('account_id', '=', account)
    .where('key', 'in', indexed)
    .where('blind_index', 'is', null)
    .where('masked', '=', false)
    .limit(batch)
    .execute();
  if (rows.length === 0) return 0;
  const indexKey = await blindIndexKey(keyring, account);
  const opened = await keys.of(tx, account, [...new Set(rows.map((row) => row.conversation_id))]);
  let count = 0;
  for (const row of rows) {
    const key = opened.get(row.conversation_id);
    if (key === undefined) continue;
    const at = { account, conversationId: row.conversation_id, key: row.key };
    const blind_index = blindIndexOf(indexKey, { key: row.key, value: openValue(key, at, row.value) });
    if (blind_index === null) continue;
    await tx.sql
      .updateTable('visitor_attribute')
      .set({ blind_index })
      .where('account_id', '=', account)
      .where('conversation_id', '=', row.conversation_id)
      .where('key', '=', row.key)
      // Set anew meanwhile, it has been indexed as well.
      .where('value', '=', row.value)
      .execute();
    count += 1;
  }
  return count;
}
