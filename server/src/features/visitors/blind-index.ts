import { createHmac } from 'node:crypto';
import type { AttributeMatch } from '@samtal/contract/visitors';
import type { Keyring } from '../../platform/keys/index.ts';
import { normalisedValue } from './normalised-value.ts';

/**
 * The blind index of a value (D2, G8): HMAC-SHA-256 under a key that the account alone has, that lies in the keyring, and
 * that dies with the account. The attribute is part of what is hashed, with its length before it, so that the same value
 * of two attributes has nothing in common. Null for a value of which normalising leaves nothing.
 */
export function blindIndexOf(key: Buffer, { key: attribute, value }: AttributeMatch): Buffer | null {
  const normalised = normalisedValue(value);
  if (normalised === '') return null;
  return createHmac('sha256', key).update(`${attribute.length}:${attribute}:${normalised}`).digest();
}

export async function blindIndexKey(keyring: Keyring, account: string): Promise<Buffer> {
  return await keyring.accountPurposeKey(account, 'blind-index');
}
