import type { Files, PublishedFile } from './files.ts';

/** What is read from the database at once: most files are smaller. */
const partBytes = 4 * 1_048_576;

/** A file that a client has open. It reads on ahead, and keeps two parts at most. */
export class OpenFile {
  readonly file: PublishedFile;
  /** What the client has been given of it, each byte once for each time. */
  sentBytes = 0;
  readonly #accountId: string;
  readonly #files: Files;
  readonly #parts = new Map<number, Promise<Buffer | null>>();

  constructor(files: Files, accountId: string, file: PublishedFile) {
    this.#files = files;
    this.#accountId = accountId;
    this.file = file;
  }

  /** Whether everything was given: what ends sooner was broken off. */
  get isComplete(): boolean {
    return this.sentBytes >= this.file.sizeBytes;
  }

  /** Up to so many bytes from there; null at the end of the file. Throws when the file has gone meanwhile. */
  async read(offset: number, length: number): Promise<Buffer | null> {
    if (offset >= this.file.sizeBytes || length === 0) return null;
    const at = Math.floor(offset / partBytes);
    const part = await this.#part(at);
    if (part === null) throw new Error('A file that is open has gone');
    const from = offset - at * partBytes;
    // A read across two parts gets what is in the first one: clients ask for the rest.
    const bytes = part.subarray(from, from + length);
    this.sentBytes += bytes.length;
    return bytes.length === 0 ? null : bytes;
  }

  async #part(at: number): Promise<Buffer | null> {
    const part = this.#fetch(at);
    if ((at + 1) * partBytes < this.file.sizeBytes) void this.#fetch(at + 1).catch(() => undefined);
    for (const known of this.#parts.keys()) if (known !== at && known !== at + 1) this.#parts.delete(known);
    return await part;
  }

  #fetch(at: number): Promise<Buffer | null> {
    const known = this.#parts.get(at);
    if (known !== undefined) return known;
    const range = { offset: at * partBytes, length: partBytes };
    const part = this.#files.part(this.#accountId, this.file, range);
    this.#parts.set(at, part);
    part.catch(() => this.#parts.delete(at));
    return part;
  }
}
