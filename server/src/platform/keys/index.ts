export { checkCommitment, CiphertextError, deriveKey, seal, unseal, type SealingKey } from './ciphertext.ts';
export { ConversationKeys, type MarkedBucket } from './conversation-keys.ts';
export { KeyDestroyedError, Keyring, KeyringError } from './keyring.ts';
export { isSigned, type SigningKey } from './signing-key.ts';
