import { deriveKey, seal, unseal, type SealingKey } from './ciphertext.ts';
import type { Keyring } from './keyring.ts';

/** Whose secret it is, what for, and which one of those. */
export interface SecretPlace {
  /** Null: the installation. */
  readonly account: string | null;
  readonly purpose: string;
  readonly id: string;
}

/**
 * Seals what is used and never shown, such as a password towards another server: under the key of its account, with which
 * it goes, or the installation's. The database alone does not have it; moved to another place it does not open.
 */
export async function sealSecret(keyring: Keyring, place: SecretPlace, secret: Buffer): Promise<Buffer> {
  return seal(await keyOf(keyring, place), fieldOf(place), secret);
}

/** Throws CiphertextError when it was not sealed for this place, under this keyring. */
export async function openSecret(keyring: Keyring, place: SecretPlace, sealed: Buffer): Promise<Buffer> {
  return unseal(await keyOf(keyring, place), fieldOf(place), sealed);
}

async function keyOf(keyring: Keyring, { account, purpose }: SecretPlace): Promise<SealingKey> {
  const raw =
    account === null ? keyring.purposeKey(purpose) : await keyring.accountPurposeKey(account, purpose);
  return deriveKey(raw, 1);
}

function fieldOf({ account, purpose, id }: SecretPlace) {
  const nobody = '00000000-0000-0000-0000-000000000000';
  return { account: account ?? nobody, object: id, record: purpose, field: 'secret' };
}
