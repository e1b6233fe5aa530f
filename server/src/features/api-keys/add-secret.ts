import { randomUUID } from 'node:crypto';
import type { Tx } from '../../platform/database/index.ts';
import { newToken, tokenHash } from '../../platform/tokens/index.ts';
import { writeKey } from './key-form.ts';

/** Adds a secret to a key, and answers with the key as it is shown: that is the only copy. */
export async function addSecret(tx: Tx, accountId: string, keyId: string): Promise<string> {
  const secret = newToken();
  await tx.sql
    .insertInto('api_key_secret')
    .values({
      account_id: accountId,
      id: randomUUID(),
      key_id: keyId,
      hash: tokenHash(secret),
      ends_at: null,
    })
    .execute();
  return writeKey(keyId, secret);
}
