import type { AttributeValues } from '@samtal/contract/visitors';
import type { Database } from '../../platform/database/index.ts';
import type { Masker, MaskedValue } from '../masking/index.ts';
import { declaredAttributes, refuseUndeclared } from './declared-attributes.ts';

/** What a page says of its visitor, as it may be stored: by attribute; null takes a value away. */
export type MaskedAttributes = ReadonlyMap<string, MaskedValue | null>;

/**
 * Masks values by the settings of their channel and by what each attribute is declared to hold (G1). Not in a transaction,
 * because rules of accounts may take a while. Refuses with visitors.undeclared-attribute.
 */
export async function maskAttributes(
  { database, masker }: { database: Database; masker: Masker },
  { accountId, channelId }: { accountId: string; channelId: string },
  values: AttributeValues,
): Promise<MaskedAttributes> {
  const declared = await database.read(accountId, async (tx) => await declaredAttributes(tx, accountId));
  refuseUndeclared(declared, Object.keys(values));
  const masked = new Map<string, MaskedValue | null>();
  for (const [key, value] of Object.entries(values)) {
    const holds = declared.get(key)?.holds ?? null;
    masked.set(key, value === null ? null : await masker.maskValue(accountId, channelId, { value, holds }));
  }
  return masked;
}
