export {
  checkCommitment,
  CiphertextError,
  deriveKey,
  seal,
  unseal,
  type Place,
  type SealingKey,
} from './ciphertext.ts';
export { ConversationKeys, type MarkedBucket } from './conversation-keys.ts';
export { DirectoryKeyStore } from './directory-key-store.ts';
export {
  provideInstallationSecret,
  readInstallationSecret,
  removeInstallationSecret,
  setInstallationSecret,
} from './installation-secret.ts';
export { isUnreadable } from './is-unreadable.ts';
export { KeyDestroyedError, Keyring, KeyringError, type CopiedRecord } from './keyring.ts';
export { rewrapRestoredKeys } from './restored-keys.ts';
export { openSecret, sealSecret, type SecretPlace } from './sealed-secret.ts';
export { isSigned, signingKeyFrom, type SigningKey } from './signing-key.ts';
export type { KeyStore } from './key-store.ts';
export { sealedLength, sealStream, unsealStream } from './stream-cipher.ts';
