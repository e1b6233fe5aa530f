import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Kysely } from 'kysely';
import { Client, escapeIdentifier } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyBytes } from './copy.ts';
import { dialectOn, type Tx } from './database.ts';
import type { DatabaseAccess } from './open.ts';
import { columnsOf, tablesOf, type SequenceState } from './snapshot.ts';
import type { Tables } from './tables.ts';

/** All tables, emptied, waiting to be filled; whatever is done becomes so at once, or not at all. */
export interface Replacement {
  /** Rows in the binary format of COPY. Answers with how many there were. Refuses unknown tables and columns. */
  fill(table: string, columns: readonly string[], bytes: AsyncIterable<Buffer>): Promise<number>;
  setSequences(sequences: readonly SequenceState[]): Promise<void>;
  /** Sees all accounts. */
  readonly tx: Tx;
  /** From here on rows can be changed as usual: references are checked again, and hold for all that was filled in. */
  complete(): Promise<void>;
}

/** The database is used by somebody else. */
export class DatabaseInUseError extends Error {
  override readonly name = 'DatabaseInUseError';
}

/** What was to be filled in does not fit the schema. */
export class ReplacementError extends Error {
  override readonly name = 'ReplacementError';
}

/**
 * Replaces what all tables of the schema `samtal` hold, in one transaction of their owner. Until it commits nobody sees a
 * change, and if anything fails there is none. Row-level security does not hold for the owner meanwhile.
 */
export async function replaceContents<Result>(
  access: DatabaseAccess,
  work: (replacement: Replacement) => Promise<Result>,
): Promise<Result> {
  const client = new Client({
    ...access.owner,
    application_name: 'samtal-restore',
    options: '-c search_path=samtal -c statement_timeout=0 -c idle_in_transaction_session_timeout=0',
  });
  let broken: Error | null = null;
  client.on('error', (error) => void (broken = error));
  await client.connect();
  try {
    await refuseOthers(client);
    await client.query('begin');
    const tables = await tablesOf(client);
    const keys = await takeAwayReferences(client);
    for (const table of tables)
      await client.query(
        `alter table ${escapeIdentifier(table)} no force row level security, disable trigger user`,
      );
    await client.query(`truncate ${tables.map(escapeIdentifier).join(', ')}`);
    const sent: Promise<unknown>[] = [];
    const result = await work({
      fill: async (table, columns, bytes) => await fill(client, { table, columns, bytes }),
      setSequences: async (sequences) => {
        for (const { name, lastValue, isCalled } of sequences)
          // NOTE: unlike setval, this is undone when the transaction is.
          await client.query(
            `alter sequence ${escapeIdentifier(name)} restart with ${isCalled ? lastValue + 1 : lastValue}`,
          );
      },
      tx: txOn(client, sent),
      complete: async () => {
        for (const statement of keys) await client.query(statement);
        for (const table of tables)
          await client.query(`alter table ${escapeIdentifier(table)} enable trigger user`);
      },
    });
    await Promise.all(sent);
    for (const table of tables)
      await client.query(`alter table ${escapeIdentifier(table)} force row level security`);
    await client.query('commit');
    await client.query('analyze');
    return result;
  } catch (error) {
    throw broken ?? error;
  } finally {
    await client.end();
  }
}

async function refuseOthers(client: Client): Promise<void> {
  const { rows } = await client.query(
    `select from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
  );
  if (rows.length > 0) throw new DatabaseInUseError(`${rows.length} others are connected to the database`);
}

/** Drops all foreign keys, so that tables can be filled in any order. Answers with what makes them again. */
async function takeAwayReferences(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ table_name: string; name: string; definition: string }>(
    `select conrelid::regclass::text as table_name, conname as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where connamespace = 'samtal'::regnamespace and contype = 'f' and conparentid = 0
     order by conrelid::regclass::text, conname`,
  );
  for (const { table_name: table, name } of rows)
    await client.query(`alter table ${table} drop constraint ${escapeIdentifier(name)}`);
  return rows.map(
    ({ table_name: table, name, definition }) =>
      `alter table ${table} add constraint ${escapeIdentifier(name)} ${definition}`,
  );
}

async function fill(
  client: Client,
  { table, columns, bytes }: { table: string; columns: readonly string[]; bytes: AsyncIterable<Buffer> },
): Promise<number> {
  const known = await columnsOf(client, table);
  if (columns.length !== known.length || columns.some((column) => !known.includes(column)))
    throw new ReplacementError(`The table ${table} has other columns`);
  const list = columns.map(escapeIdentifier).join(', ');
  const into = client.query(copyFrom(`copy ${escapeIdentifier(table)} (${list}) from stdin (format binary)`));
  await pipeline(Readable.from(bytes, { objectMode: false }), into);
  return into.rowCount;
}

function txOn(client: Client, sent: Promise<unknown>[]): Tx {
  return {
    sql: new Kysely<Tables>({ dialect: dialectOn(client) }),
    run: async <Row extends object>(statement: { text: string }, values: readonly unknown[]) =>
      (await client.query(statement.text, [...values])).rows as Row[],
    bytes: async (select, values, mostBytes) => await copyBytes(client, select, { values, mostBytes }),
    send: (statement, values) => void sent.push(client.query(statement.text, [...values])),
    afterCommit: () => {
      throw new Error('Nobody is there to announce to while a database is replaced');
    },
  };
}
