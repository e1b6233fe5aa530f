import { createHash, createHmac } from 'node:crypto';
import type { Keyring } from '../../platform/keys/index.ts';

/** Hashes the case ids of one account, given as they are stored. */
export type CaseHash = (caseId: string) => Buffer;

/**
 * What stands in the deletion log for a case id: HMAC-SHA-256 under a key that the database does not have, so that only
 * who knows a case id, and asks here, learns that it was deleted.
 */
export async function caseHashOf(keyring: Keyring, account: string): Promise<CaseHash> {
  const key = await keyring.accountPurposeKey(account, 'deletion-log');
  return (caseId) => createHmac('sha256', key).update(caseId).digest();
}

/** SHA-256 over case hashes, whatever order they come in. */
export function digestOf(hashes: readonly Buffer[]): Buffer {
  const digest = createHash('sha256');
  for (const hash of hashes.toSorted(Buffer.compare)) digest.update(hash);
  return digest.digest();
}
