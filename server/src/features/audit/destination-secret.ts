import { platformChain } from '../../platform/audit/index.ts';
import { deriveKey, seal, unseal, type Keyring, type SealingKey } from '../../platform/keys/index.ts';

/** What a destination keeps to itself: the key that batches are signed with, or the certificate and key to show. */
export interface DestinationSecret {
  readonly signing?: string;
  readonly client?: { readonly cert: string; readonly key: string };
}

/** Sealed under the account’s key, so that the database alone does not have it; it goes with the account. */
export async function sealSecret(
  keyring: Keyring,
  where: { account: string; id: string },
  secret: DestinationSecret,
): Promise<Buffer> {
  return seal(await keyOf(keyring, where.account), place(where), Buffer.from(JSON.stringify(secret)));
}

export async function openSecret(
  keyring: Keyring,
  where: { account: string; id: string },
  sealed: Buffer | null,
): Promise<DestinationSecret> {
  if (sealed === null) return {};
  // Written by `sealSecret`, and bound to this place.
  return JSON.parse(
    unseal(await keyOf(keyring, where.account), place(where), sealed).toString(),
  ) as DestinationSecret;
}

async function keyOf(keyring: Keyring, account: string): Promise<SealingKey> {
  const purpose = 'audit-destination';
  const raw =
    account === platformChain
      ? keyring.purposeKey(purpose)
      : await keyring.accountPurposeKey(account, purpose);
  return deriveKey(raw, 1);
}

function place({ account, id }: { account: string; id: string }) {
  return { account, object: id, record: 'audit-destination', field: 'secret' };
}
