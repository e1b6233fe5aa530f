import type { Database } from '../../platform/database/index.ts';
import type { ConversationKeys } from '../../platform/keys/index.ts';
import type { PostQueue } from '../conversations/index.ts';
import type { Masker } from '../masking/index.ts';
import type { MediaStore } from './media-store.ts';
import type { ScannerAddress } from './scanner.ts';

/** What files are kept with. */
export interface MediaParts {
  readonly database: Database;
  readonly keys: ConversationKeys;
  readonly posts: PostQueue;
  readonly masker: Masker;
  readonly store: MediaStore;
  /** Null where the operator has configured none. */
  readonly scanner: ScannerAddress | null;
}
