import type { ApiKey } from '@samtal/contract/api-keys';
import type { ReadTx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import { readKeys, type StoredKey } from './queries.ts';

export function presentKey(key: StoredKey): ApiKey {
  const takesNone = key.state === 'revoked' || key.state === 'expired';
  return {
    ...key,
    grants: [...key.grants],
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt.toISOString(),
    secrets: takesNone
      ? []
      : key.secrets.map(({ createdAt, endsAt }) => ({
          createdAt: instant(createdAt),
          endsAt: endsAt === null ? null : instant(endsAt),
        })),
  };
}

export async function oneKey(tx: ReadTx, accountId: string, keyId: string): Promise<ApiKey> {
  return presentKey(found((await readKeys(tx, accountId, keyId))[0]));
}

/** As the contract writes instants; PostgreSQL writes them with microseconds and an offset. */
function instant(text: string): string {
  return new Date(text).toISOString();
}
