import { Query, type ClientBase } from 'pg';

/** Of the binary format: what begins it, with its two numbers behind (PostgreSQL, COPY). */
const beginning = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const headerBytes = beginning.length + 8;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Bytes as the database has them. An ordinary answer has two digits for each byte, and to read those takes several times as long. Collects the
 * only column of all rows, which has to be `bytea`, one after the other.
 */
class CopyQuery extends Query {
  // pg calls it when all has come; its types leave it out.
  callback: ((error: Error | null) => void) | undefined;
  readonly #bytes: Buffer;
  #length = 0;
  #rows = 0;
  /** What was read of the header. */
  #skipped = 0;

  constructor(select: string, mostBytes: number) {
    super(`copy (${select}) to stdout (format binary)`);
    this.#bytes = Buffer.allocUnsafe(mostBytes);
  }

  /** Once it is done; null when there was no row. */
  get bytes(): Buffer | null {
    return this.#rows === 0 ? null : this.#bytes.subarray(0, this.#length);
  }

  // Called by pg for each message. One holds whole rows, and the first of them the header before.
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    const skips = Math.min(headerBytes - this.#skipped, chunk.length);
    this.#skipped += skips;
    for (let at = skips; at + 6 <= chunk.length && chunk.readInt16BE(at) > 0;) {
      const length = Math.max(0, chunk.readInt32BE(at + 2));
      this.#length += chunk.copy(this.#bytes, this.#length, at + 6, at + 6 + length);
      this.#rows += 1;
      at += 6 + length;
    }
  }
}

/** See `Tx.bytes`. */
export async function copyBytes(
  client: ClientBase,
  select: string,
  { values, mostBytes }: { values: readonly (number | string)[]; mostBytes: number },
): Promise<Buffer | null> {
  const query = new CopyQuery(withValues(select, values), mostBytes);
  await new Promise<void>((resolve, reject) => {
    query.callback = (error) => (error === null ? resolve() : reject(error));
    client.query(query);
  });
  return query.bytes;
}

/** COPY takes no parameters: writes numbers and ids where `$1` and so on stand. Throws at anything else. */
function withValues(text: string, values: readonly (number | string)[]): string {
  return text.replace(/\$(\d+)/g, (_, place: string) => {
    const value = values[Number(place) - 1];
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    if (typeof value === 'string' && uuid.test(value)) return `'${value}'`;
    throw new Error('Only whole numbers and ids are written into a statement');
  });
}
