import type { Snapshot } from '../../platform/database/index.ts';
import { BackupError } from './errors.ts';

/*
 * What a backup of the database holds, before it is compressed and sealed: records `kind u8 | length u32 | payload`.
 *
 *   1  a table begins: {"name", "columns"}      2  some of its bytes, in the binary format of COPY
 *   3  it ends: {"rows"}                        4  the archive ends: {"sequences"}
 */
const kinds = { table: 1, bytes: 2, tableEnd: 3, end: 4 } as const;
const longestRecord = 64 * 1024 * 1024;

/** Writes all tables of the snapshot. `counted` is told how many rows each one has. */
export async function* writeArchive(
  snapshot: Snapshot,
  counted: (table: string, rows: number) => void,
): AsyncGenerator<Buffer> {
  for (const table of snapshot.tables) {
    const { columns, bytes, rowCount } = await snapshot.rows(table);
    yield json(kinds.table, { name: table, columns });
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      yield prefix(kinds.bytes, chunk.length);
      yield chunk;
    }
    const rows = rowCount();
    counted(table, rows);
    yield json(kinds.tableEnd, { rows });
  }
  yield json(kinds.end, { sequences: snapshot.sequences });
}

/** What is done with an archive as it is read. `table` reads its bytes to the end. */
export interface ArchiveReader {
  table(name: string, columns: readonly string[], bytes: AsyncIterable<Buffer>): Promise<void>;
  /** How many rows the table had. */
  tableEnd(name: string, rows: number): void;
  end(content: { sequences: Snapshot['sequences'] }): Promise<void>;
}

export async function readArchive(source: AsyncIterable<Buffer>, reader: ArchiveReader): Promise<void> {
  const records = new Records(source);
  for (;;) {
    const record = await records.next();
    if (record.kind === kinds.end) {
      await reader.end(parsed(record.payload));
      break;
    }
    if (record.kind !== kinds.table) throw outOfOrder();
    const { name, columns } = parsed<{ name: string; columns: string[] }>(record.payload);
    let rows = -1;
    async function* bytes(): AsyncGenerator<Buffer> {
      for (;;) {
        const { kind, payload } = await records.next();
        if (kind === kinds.tableEnd) {
          rows = parsed<{ rows: number }>(payload).rows;
          return;
        }
        if (kind !== kinds.bytes) throw outOfOrder();
        yield payload;
      }
    }
    await reader.table(name, columns, bytes());
    if (rows < 0) throw outOfOrder();
    reader.tableEnd(name, rows);
  }
  await records.refuseMore();
}

/** Cuts a stream into records. Bytes of tables are passed on as they come, in any number of records. */
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
  // It was authenticated, and is of our own making.
  return JSON.parse(payload.toString('utf8')) as Content;
}

function outOfOrder(): BackupError {
  return new BackupError('backup-damaged', 'The backup is damaged: what is in it is not in order');
}
