import { platformChain } from '../../platform/audit/index.ts';
import { openSecret, sealSecret, type Keyring, type SecretPlace } from '../../platform/keys/index.ts';

/** What a destination keeps to itself: the key that batches are signed with, or the certificate and key to show. */
export interface DestinationSecret {
  readonly signing?: string;
  readonly client?: { readonly cert: string; readonly key: string };
}

interface Where {
  readonly account: string;
  readonly id: string;
}

/** Sealed under the account’s key, so that the database alone does not have it; it goes with the account. */
export async function sealDestinationSecret(
  keyring: Keyring,
  where: Where,
  secret: DestinationSecret,
): Promise<Buffer> {
  return await sealSecret(keyring, place(where), Buffer.from(JSON.stringify(secret)));
}

export async function openDestinationSecret(
  keyring: Keyring,
  where: Where,
  sealed: Buffer | null,
): Promise<DestinationSecret> {
  if (sealed === null) return {};
  // Written by `sealDestinationSecret`, and bound to this place.
  return JSON.parse((await openSecret(keyring, place(where), sealed)).toString()) as DestinationSecret;
}

function place({ account, id }: Where): SecretPlace {
  return { account: account === platformChain ? null : account, purpose: 'audit-destination', id };
}
