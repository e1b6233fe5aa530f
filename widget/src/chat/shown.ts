import type { Score } from '@samtal/contract/conversations';
import type { FileRules } from '@samtal/contract/media';
import type { Say } from './text.ts';
import type { View } from './view.ts';

/** What the visitor can do in the panel. */
export interface Deeds {
  send(text: string): void;
  typed(): void;
  retry(cid: string): void;
  discard(cid: string): void;
  end(): Promise<void>;
  rate(score: Score): Promise<void>;
  startNew(): void;
  minimise(): void;
  keepDraft(draft: string): void;
  attach(files: readonly File[]): void;
  retryUpload(cid: string): void;
  removeUpload(cid: string): void;
  openFile(mediaId: string): Promise<Blob>;
}

/** What every part of the panel is given. */
export interface Shown {
  readonly view: View;
  readonly say: Say;
  readonly locale: string;
  /** What the visitor may send now; null for nothing. */
  readonly files: FileRules | null;
  readonly deeds: Deeds;
}
