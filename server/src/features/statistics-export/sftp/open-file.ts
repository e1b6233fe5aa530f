import type { Budget, Claim } from './budget.ts';
import type { Files, PublishedFile } from './files.ts';

/** What is read from the database at once: most files are smaller. */
const partBytes = 1_048_576;

interface Part extends Claim {
  readonly content: Promise<Buffer | null>;
}

export interface FileReader {
  readonly files: Files;
  readonly budget: Budget;
  readonly accountId: string;
  /** Whose budget it is. */
  readonly owner: string;
}

/** A file that a client has open. It reads on ahead where there is room, and keeps two parts at most. */
export class OpenFile {
  readonly file: PublishedFile;
  /** What the client has been given of it, each byte once for each time. */
  sentBytes = 0;
  readonly #reader: FileReader;
  readonly #parts = new Map<number, Part>();
  #isEnded = false;

  constructor(reader: FileReader, file: PublishedFile) {
    this.#reader = reader;
    this.file = file;
  }

  /** Whether everything was given: what ends sooner was broken off. */
  get isComplete(): boolean {
    return this.sentBytes >= this.file.sizeBytes;
  }

  /** Up to so many bytes from there; null at the end of the file, and when it is ended meanwhile. Throws when the file has gone. */
  async read(offset: number, length: number): Promise<Buffer | null> {
    if (offset >= this.file.sizeBytes || length === 0) return null;
    const at = Math.floor(offset / partBytes);
    for (const known of this.#parts.keys()) if (known !== at && known !== at + 1) this.#forget(known);
    const reading = this.#fetch(at);
    this.#readAhead(at + 1);
    const from = offset - at * partBytes;
    const first = (await present(reading)).subarray(from, from + length);
    // What is kept from now on nobody would let go of.
    if (this.#isEnded) return null;
    const isAll = first.length === length || offset + first.length >= this.file.sizeBytes;
    // Given less than it asked for, OpenSSH never asks for more again.
    const rest = isAll ? null : (await present(this.#fetch(at + 1))).subarray(0, length - first.length);
    const bytes = rest === null ? first : Buffer.concat([first, rest]);
    this.sentBytes += bytes.length;
    return bytes.length === 0 ? null : bytes;
  }

  /** Keeps nothing of it any more. */
  end(): void {
    this.#isEnded = true;
    for (const at of this.#parts.keys()) this.#forget(at);
  }

  #readAhead(at: number): void {
    const bytes = this.#bytesOf(at);
    if (bytes <= 0 || this.#parts.has(at)) return;
    if (this.#reader.budget.hasRoom({ owner: this.#reader.owner, bytes }))
      void this.#fetch(at).catch(() => undefined);
  }

  #fetch(at: number): Promise<Buffer | null> {
    const { files, budget, accountId, owner } = this.#reader;
    const known = this.#parts.get(at);
    if (known !== undefined) {
      budget.touch(known);
      return known.content;
    }
    // So many are set aside before any comes.
    const bytes = this.#bytesOf(at);
    const content = files.part(accountId, this.file, { offset: at * partBytes, length: bytes });
    const part: Part = {
      owner,
      bytes,
      content,
      drop: () => void this.#parts.delete(at),
    };
    budget.add(part);
    this.#parts.set(at, part);
    content.catch(() => {
      if (this.#parts.get(at) === part) this.#forget(at);
    });
    return content;
  }

  #forget(at: number): void {
    const part = this.#parts.get(at);
    if (part === undefined) return;
    this.#parts.delete(at);
    this.#reader.budget.remove(part);
  }

  #bytesOf(at: number): number {
    return Math.min(partBytes, this.file.sizeBytes - at * partBytes);
  }
}

async function present(part: Promise<Buffer | null>): Promise<Buffer> {
  const content = await part;
  if (content === null) throw new Error('A file that is open has gone');
  return content;
}
