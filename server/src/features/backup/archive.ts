import { BackupError } from './errors.ts';

/*
 * What a backup holds, before it is sealed: parts one behind the other, in records `kind u8 | length u32 | payload`.
 *
 *   1  a part begins: what it is (JSON)      2  some of its bytes
 *   3  it ends: what is known then (JSON)    4  the archive ends (JSON)
 */
const kinds = { begin: 1, bytes: 2, end: 3, last: 4 } as const;
const longestRecord = 64 * 1024 * 1024;

/** Something in an archive, such as a table or a file. */
export interface Part<Head extends object, Tail extends object> {
  readonly head: Head;
  readonly bytes: AsyncIterable<Buffer>;
  /** Asked once all bytes were read. */
  readonly tail: () => Tail;
}

/** Writes all parts; `last` is asked once they are written. */
export async function* writeArchive(
  parts: AsyncIterable<Part<object, object>>,
  last: () => object,
): AsyncGenerator<Buffer> {
  for await (const { head, bytes, tail } of parts) {
    yield json(kinds.begin, head);
    for await (const chunk of bytes) {
      yield prefix(kinds.bytes, chunk.length);
      yield chunk;
    }
    yield json(kinds.end, tail());
  }
  yield json(kinds.last, last());
}

/** What is done with an archive as it is read. */
export interface ArchiveReader<Head, Tail, Last> {
  /** Reads the bytes to their end. */
  part(head: Head, bytes: AsyncIterable<Buffer>): Promise<void>;
  partEnd(head: Head, tail: Tail): void;
  last(content: Last): Promise<void>;
}

/** The shapes are believed: whatever is read was authenticated, and is of our own making. */
export async function readArchive<Head, Tail, Last>(
  source: AsyncIterable<Buffer>,
  reader: ArchiveReader<Head, Tail, Last>,
): Promise<void> {
  const records = new Records(source);
  for (;;) {
    const record = await records.next();
    if (record.kind === kinds.last) {
      await reader.last(parsed(record.payload));
      break;
    }
    if (record.kind !== kinds.begin) throw outOfOrder();
    const head = parsed<Head>(record.payload);
    let tail: Tail | null = null;
    async function* bytes(): AsyncGenerator<Buffer> {
      for (;;) {
        const { kind, payload } = await records.next();
        if (kind === kinds.end) {
          tail = parsed(payload);
          return;
        }
        if (kind !== kinds.bytes) throw outOfOrder();
        yield payload;
      }
    }
    await reader.part(head, bytes());
    if (tail === null) throw outOfOrder();
    reader.partEnd(head, tail);
  }
  await records.refuseMore();
}

/** Cuts a stream into records. Bytes of parts are passed on as they come, in any number of records. */
class Records {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of the record of kind `bytes` that have not come yet. */
  #pending = 0;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async next(): Promise<{ kind: number; payload: Buffer }> {
    if (this.#pending > 0) {
      await this.#atLeast(1);
      return { kind: kinds.bytes, payload: this.#takePending() };
    }
    await this.#atLeast(5);
    const kind = this.#rest.readUInt8(0);
    const length = this.#rest.readUInt32BE(1);
    if (length > longestRecord) throw outOfOrder();
    this.#rest = this.#rest.subarray(5);
    if (kind === kinds.bytes && length > 0) {
      this.#pending = length;
      return await this.next();
    }
    await this.#atLeast(length);
    const payload = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return { kind, payload };
  }

  async refuseMore(): Promise<void> {
    if (this.#rest.length > 0 || (await this.#source.next()).done !== true) throw outOfOrder();
  }

  #takePending(): Buffer {
    const payload = this.#rest.subarray(0, this.#pending);
    this.#rest = this.#rest.subarray(payload.length);
    this.#pending -= payload.length;
    return payload;
  }

  async #atLeast(bytes: number): Promise<void> {
    if (this.#rest.length >= bytes) return;
    const pieces = [this.#rest];
    let length = this.#rest.length;
    while (length < bytes) {
      const next = await this.#source.next();
      if (next.done === true) throw outOfOrder();
      pieces.push(next.value);
      length += next.value.length;
    }
    this.#rest = Buffer.concat(pieces);
  }
}

function json(kind: number, content: unknown): Buffer {
  const payload = Buffer.from(JSON.stringify(content));
  return Buffer.concat([prefix(kind, payload.length), payload]);
}

function prefix(kind: number, length: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(kind);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function parsed<Content>(payload: Buffer): Content {
  return JSON.parse(payload.toString('utf8')) as Content;
}

function outOfOrder(): BackupError {
  return new BackupError('backup-damaged', 'The backup is damaged: what is in it is not in order');
}
