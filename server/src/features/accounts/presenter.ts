import type { Account } from '@samtal/contract/accounts';
import type { StoredAccount } from './queries.ts';

export function presentAccount({ id, name, status, createdAt, version }: StoredAccount): Account {
  return { id, name, status, createdAt: createdAt.toISOString(), version };
}
