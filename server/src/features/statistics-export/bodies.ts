import type { StoredExportAccount, StoredExportKey } from './queries.ts';
import { fingerprintsOf } from './fingerprints.ts';

/** An export account as its versions keep it. */
export function accountBody({
  name,
  userName,
  purpose,
  networks,
  expiresAt,
  disabled,
}: Pick<StoredExportAccount, 'name' | 'userName' | 'purpose' | 'networks' | 'expiresAt' | 'disabled'>) {
  return { name, userName, purpose, networks, expiresAt: expiresAt?.toISOString() ?? null, disabled };
}

/** A key as its versions keep it, by its fingerprint. */
export function keyBody(
  key: Pick<StoredExportKey, 'publicKey' | 'exportAccountId' | 'type' | 'kind' | 'endsAt'>,
  state: 'pending' | 'active' | 'refused',
) {
  const { publicKey, exportAccountId, type, kind, endsAt } = key;
  // While it is pending, the history must not show what only the customer is to tell.
  const name = state === 'active' ? fingerprintsOf(publicKey).sha256 : type;
  return { name, exportAccountId, type, kind, state, endsAt: endsAt?.toISOString() ?? null };
}
