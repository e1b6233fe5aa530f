import {
  checkCommitment,
  CiphertextError,
  deriveKey,
  keyVersionOf,
  seal,
  unseal,
  type SealingKey,
} from './ciphertext.ts';
import { KeyringError, type Keyring } from './keyring.ts';

/** A conversation's key as the database, or a backup of it, has it. */
export interface ConversationKeyRow {
  readonly account_id: string;
  readonly conversation_id: string;
  readonly bucket_id: string;
  readonly wrapped: Buffer;
  readonly commitment: Buffer;
}

/**
 * The key in this row; null when it was destroyed. A row that was copied before its bucket was rotated is opened by what
 * survived the rotation. Throws KeyringError when the keyring lacks what it should have, and CiphertextError when the row
 * is not what was written.
 */
export async function openConversationKey(
  keyring: Keyring,
  row: ConversationKeyRow,
): Promise<SealingKey | null> {
  const raw = await unwrap(keyring, row);
  if (raw === null) return null;
  const key = deriveKey(raw, 1);
  raw.fill(0);
  checkCommitment(key, row.commitment);
  return key;
}

/** The raw key under another version of its bucket's key; null when it was destroyed. */
export async function rewrapConversationKey(
  keyring: Keyring,
  row: ConversationKeyRow,
  version: number,
): Promise<Buffer | null> {
  const raw = await unwrap(keyring, row);
  if (raw === null) return null;
  checkCommitment(deriveKey(raw, 1), row.commitment);
  const wrapping = await keyring.bucketKey(row.account_id, row.bucket_id, version);
  const wrapped = seal(wrapping, keyPlace(row.account_id, row.conversation_id), raw);
  raw.fill(0);
  return wrapped;
}

/** Where a conversation's key belongs, whichever version of its bucket's key wraps it. */
export function keyPlace(account: string, conversation: string) {
  return { account, object: conversation, record: 'key', field: 'key' };
}

async function unwrap(keyring: Keyring, row: ConversationKeyRow): Promise<Buffer | null> {
  const { account_id: account, bucket_id: bucket, conversation_id: conversation } = row;
  const version = keyVersionOf(row.wrapped);
  try {
    const wrapping = await keyring.bucketKey(account, bucket, version);
    return unseal(wrapping, keyPlace(account, conversation), row.wrapped);
  } catch (error) {
    if (error instanceof CiphertextError || (await keyring.hasBucketVersion(account, bucket, version)))
      throw error;
    return await unwrapSurvivor(keyring, row, version);
  }
}

/** The version that wraps the row is gone: either the conversation outlived the rotation, or it was what had to go. */
async function unwrapSurvivor(
  keyring: Keyring,
  row: ConversationKeyRow,
  version: number,
): Promise<Buffer | null> {
  const { account_id: account, bucket_id: bucket, conversation_id: conversation } = row;
  const survivors = await keyring.survivors(account, bucket);
  if (survivors === null || survivors.version <= version)
    throw new KeyringError(`The keyring lacks version ${version} of the key ${account}/${bucket}`);
  const wrapped = survivors.wrapped[conversation];
  if (wrapped === undefined) return null;
  const wrapping = await keyring.bucketKey(account, bucket, survivors.version);
  return unseal(wrapping, keyPlace(account, conversation), Buffer.from(wrapped, 'base64'));
}
