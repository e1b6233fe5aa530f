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

/** Which entry of a conversation an original is of. */
export interface OriginalPlace {
  readonly conversation_id: string;
  readonly audience: string;
  readonly seq: number;
}

/** The key of one original (G2), which goes before its conversation's does. */
export interface OriginalKeyRow extends ConversationKeyRow, OriginalPlace {}

/** A key that a bucket's key wraps. */
export type WrappedKeyRow = ConversationKeyRow | OriginalKeyRow;

/**
 * The key in this row; null when it was destroyed. A row that was copied before its bucket was rotated is opened by what
 * survived the rotation. Throws KeyringError when the keyring lacks what it should have, and CiphertextError when the row
 * is not what was written.
 */
export async function openWrappedKey(keyring: Keyring, row: WrappedKeyRow): Promise<SealingKey | null> {
  const raw = await unwrap(keyring, row);
  if (raw === null) return null;
  const key = deriveKey(raw, 1);
  raw.fill(0);
  checkCommitment(key, row.commitment);
  return key;
}

/** The raw key under another version of its bucket's key; null when it was destroyed. */
export async function rewrapKey(
  keyring: Keyring,
  row: WrappedKeyRow,
  version: number,
): Promise<Buffer | null> {
  const raw = await unwrap(keyring, row);
  if (raw === null) return null;
  checkCommitment(deriveKey(raw, 1), row.commitment);
  const wrapping = await keyring.bucketKey(row.account_id, row.bucket_id, version);
  const wrapped = seal(wrapping, placeOf(row), raw);
  raw.fill(0);
  return wrapped;
}

/** Where a conversation's key belongs, whichever version of its bucket's key wraps it. */
export function keyPlace(account: string, conversation: string) {
  return { account, object: conversation, record: 'key', field: 'key' };
}

/** Where the key of an original belongs. */
export function originalKeyPlace(account: string, { conversation_id: object, audience, seq }: OriginalPlace) {
  return { account, object, record: `${audience}:${seq}`, field: 'original-key' };
}

/** What the row is called among those that survived a rotation. */
export function survivorName(row: WrappedKeyRow): string {
  return 'seq' in row ? `${row.conversation_id}/${row.audience}:${row.seq}` : row.conversation_id;
}

function placeOf(row: WrappedKeyRow) {
  return 'seq' in row ? originalKeyPlace(row.account_id, row) : keyPlace(row.account_id, row.conversation_id);
}

async function unwrap(keyring: Keyring, row: WrappedKeyRow): Promise<Buffer | null> {
  const { account_id: account, bucket_id: bucket } = row;
  const version = keyVersionOf(row.wrapped);
  try {
    const wrapping = await keyring.bucketKey(account, bucket, version);
    return unseal(wrapping, placeOf(row), row.wrapped);
  } catch (error) {
    if (error instanceof CiphertextError || (await keyring.hasBucketVersion(account, bucket, version)))
      throw error;
    return await unwrapSurvivor(keyring, row, version);
  }
}

/** The version that wraps the row is gone: either the key outlived the rotation, or it was what had to go. */
async function unwrapSurvivor(keyring: Keyring, row: WrappedKeyRow, version: number): Promise<Buffer | null> {
  const { account_id: account, bucket_id: bucket } = row;
  const survivors = await keyring.survivors(account, bucket);
  if (survivors === null || survivors.version <= version)
    throw new KeyringError(`The keyring lacks version ${version} of the key ${account}/${bucket}`);
  const wrapped = survivors.wrapped[survivorName(row)];
  if (wrapped === undefined) return null;
  const wrapping = await keyring.bucketKey(account, bucket, survivors.version);
  return unseal(wrapping, placeOf(row), Buffer.from(wrapped, 'base64'));
}
