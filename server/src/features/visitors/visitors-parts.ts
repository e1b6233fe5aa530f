import type { ConversationKeys, Keyring } from '../../platform/keys/index.ts';
import type { ConversationLog } from '../conversations/index.ts';

/** What values are sealed, found and told of with. */
export interface VisitorsParts {
  readonly keys: ConversationKeys;
  readonly keyring: Keyring;
  readonly log: ConversationLog;
}
