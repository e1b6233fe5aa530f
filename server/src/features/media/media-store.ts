/** The content of a file that lies in a store. */
export interface StoredFile {
  readonly account: string;
  readonly mediaId: string;
  readonly sizeBytes: number;
  readonly writtenAt: Date;
}

/** Where sealed content lies (A4). What is in it is ciphertext: nothing else is ever given to it. */
export interface MediaStore {
  /** Keeps all of the content or nothing: it is there, and outlives a loss of power, when this returns. */
  write(account: string, mediaId: string, sealed: AsyncIterable<Buffer>): Promise<void>;
  /** Refuses with not-found. */
  read(account: string, mediaId: string): Promise<AsyncIterable<Buffer>>;
  /** In bytes; null when there is no such content. */
  sizeOf(account: string, mediaId: string): Promise<number | null>;
  /** Removes the content, if it is there. */
  remove(account: string, mediaId: string): Promise<void>;
  /** Removes all content of an account that is no more. */
  removeAccount(account: string): Promise<void>;
  /** Everything that is kept. */
  list(): AsyncIterable<StoredFile>;
  /** Removes what was begun before then and never became whole. */
  removeUnfinished(before: Date): Promise<void>;
}
