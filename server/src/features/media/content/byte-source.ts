import { Refusal } from '../../../platform/http/index.ts';

/** A step's worth: pieces that are passed on are no longer than what came in, and reads no longer than this. */
const longestRead = 1024 * 1024;

/** Reads what arrives in pieces as if it lay there in one. Refuses with media.content-mismatch where it ends too early. */
export class ByteSource {
  readonly #pieces: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(content: AsyncIterable<Buffer>) {
    this.#pieces = content[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes. */
  async read(length: number): Promise<Buffer> {
    if (length > longestRead) throw mismatch();
    while (this.#rest.length < length) {
      const more = await this.#next();
      if (more === null) throw mismatch();
      this.#rest = Buffer.concat([this.#rest, more]);
    }
    return this.#take(length);
  }

  /** The next bytes without taking them; fewer where the content ends. */
  async peek(length: number): Promise<Buffer> {
    while (this.#rest.length < length) {
      const more = await this.#next();
      if (more === null) break;
      this.#rest = Buffer.concat([this.#rest, more]);
    }
    return this.#rest.subarray(0, length);
  }

  /** Exactly so many bytes, in pieces as they come. */
  async *pass(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0;) {
      if (this.#rest.length === 0) {
        const more = await this.#next();
        if (more === null) throw mismatch();
        this.#rest = more;
      }
      const piece = this.#take(Math.min(left, this.#rest.length));
      left -= piece.length;
      yield piece;
    }
  }

  async skip(length: number): Promise<void> {
    for await (const _ of this.pass(length));
  }

  /** What is left, in pieces as they come. */
  async *passRest(): AsyncGenerator<Buffer> {
    for (;;) {
      const piece = this.#rest.length > 0 ? this.#take(this.#rest.length) : await this.#next();
      if (piece === null) return;
      yield piece;
    }
  }

  #take(length: number): Buffer {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  async #next(): Promise<Buffer | null> {
    const next: IteratorResult<Buffer, unknown> = await this.#pieces.next();
    return next.done === true ? null : next.value;
  }
}

/** The content is not what its name says, or it is damaged. */
export function mismatch(): Refusal {
  return new Refusal('media.content-mismatch');
}
