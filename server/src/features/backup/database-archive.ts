import type { Snapshot } from '../../platform/database/index.ts';
import { readArchive, writeArchive, type Part } from './archive.ts';

interface Head {
  readonly name: string;
  readonly columns: readonly string[];
}

interface Tail {
  readonly rows: number;
}

interface Last {
  readonly sequences: Snapshot['sequences'];
}

/** Writes all tables of the snapshot, in the binary format of COPY. `counted` is told how many rows each one has. */
export function writeDatabase(
  snapshot: Snapshot,
  counted: (table: string, rows: number) => void,
): AsyncGenerator<Buffer> {
  async function* tables(): AsyncGenerator<Part<Head, Tail>> {
    for (const name of snapshot.tables) {
      const { columns, bytes, rowCount } = await snapshot.rows(name);
      const tail = () => {
        counted(name, rowCount());
        return { rows: rowCount() };
      };
      yield { head: { name, columns }, bytes: bytes as AsyncIterable<Buffer>, tail };
    }
  }
  return writeArchive(tables(), (): Last => ({ sequences: snapshot.sequences }));
}

/** What is done with the tables as they are read. `table` reads its bytes to the end. */
export interface DatabaseReader {
  table(name: string, columns: readonly string[], bytes: AsyncIterable<Buffer>): Promise<void>;
  /** How many rows the table had. */
  tableEnd(name: string, rows: number): void;
  sequences(sequences: Snapshot['sequences']): Promise<void>;
}

export async function readDatabase(source: AsyncIterable<Buffer>, reader: DatabaseReader): Promise<void> {
  await readArchive<Head, Tail, Last>(source, {
    part: async ({ name, columns }, bytes) => await reader.table(name, columns, bytes),
    partEnd: ({ name }, { rows }) => reader.tableEnd(name, rows),
    last: async ({ sequences }) => await reader.sequences(sequences),
  });
}
