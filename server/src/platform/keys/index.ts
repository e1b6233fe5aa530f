export { CiphertextError, seal, unseal, type SealingKey } from './ciphertext.ts';
export { ConversationKeys } from './conversation-keys.ts';
export { Keyring, KeyringError } from './keyring.ts';
