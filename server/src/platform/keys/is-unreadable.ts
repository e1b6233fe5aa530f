import { CiphertextError } from './ciphertext.ts';
import { KeyringError } from './keyring.ts';

/** Whether something cannot be opened because it, or its key, is damaged, lost or destroyed: trying again would not help. */
export function isUnreadable(error: unknown): error is CiphertextError | KeyringError {
  return error instanceof CiphertextError || error instanceof KeyringError;
}
