import { timingSafeEqual } from 'node:crypto';
import type { Authorisation } from '@samtal/contract/access';
import type { ReadTx } from '../../platform/database/index.ts';
import { tokenHash } from '../../platform/tokens/index.ts';
import type { Credential } from './key-form.ts';
import { readSecretsOfKey, readToken, type ProvingRow } from './queries.ts';

/** A key whose secret, or whose token, somebody has shown. */
export interface ProvenKey {
  readonly accountId: string;
  readonly keyId: string;
  readonly secretId: string;
  readonly name: string;
  readonly ownerId: string | null;
  readonly shown: Credential['kind'];
  /** What a token is narrowed to; null for everything that the key holds. */
  readonly narrowed: readonly Authorisation[] | null;
  readonly usedToday: boolean;
  /** Why it is not taken all the same; null when it is. */
  readonly ended: 'expired' | 'revoked' | 'rotated' | null;
}

/**
 * Whose credential it is, or null when it is nobody’s. A key is looked up by its id, which is no secret, and its secret is
 * compared in the same time whatever it is (attack catalogue 80). In the platform’s scope.
 */
export async function prove(tx: ReadTx, credential: Credential): Promise<ProvenKey | null> {
  const hash = tokenHash(credential.secret);
  if (credential.kind === 'token') {
    const row = await readToken(tx, hash);
    return row === null ? null : proven(row, 'token');
  }
  let matching: ProvingRow | null = null;
  for (const row of await readSecretsOfKey(tx, credential.keyId)) {
    if (row.hash.length === hash.length && timingSafeEqual(row.hash, hash)) matching = row;
  }
  return matching === null ? null : proven(matching, 'key');
}

function proven(
  { hash: _hash, expired, revoked, rotated, ...row }: ProvingRow,
  shown: Credential['kind'],
): ProvenKey {
  return { ...row, shown, ended: revoked ? 'revoked' : expired ? 'expired' : rotated ? 'rotated' : null };
}
