import type { Database } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { Messenger } from './messenger.ts';

export interface FactorParts {
  readonly database: Database;
  readonly keyring: Keyring;
  /** Passkeys belong to its name, and links lead there. */
  readonly publicUrl: URL;
  readonly messenger: Messenger;
}
