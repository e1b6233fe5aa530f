import type { Readable } from 'node:stream';
import { Client, escapeIdentifier } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { DatabaseAccess } from './open.ts';

/** Any number, as long as nobody else takes it: one backup at a time. */
const backupLock = 7_318_005;

export interface AppliedMigration {
  readonly name: string;
  readonly hash: string;
}

export interface SequenceState {
  readonly name: string;
  readonly lastValue: number;
  readonly isCalled: boolean;
}

/** A table's rows, in the binary format of COPY. */
export interface TableRows {
  readonly columns: readonly string[];
  readonly bytes: Readable;
  /** Known once all bytes are read. */
  rowCount(): number;
}

/** All tables of the schema `samtal` as they were at one moment. */
export interface Snapshot {
  readonly at: Date;
  /** As PostgreSQL says it, such as `18.4`. */
  readonly serverVersion: string;
  readonly migrations: readonly AppliedMigration[];
  readonly tables: readonly string[];
  readonly sequences: readonly SequenceState[];
  /** Some rows of it, looked up. Not while a table is being read. */
  query<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
  /** One table at a time: its bytes have to be read to the end before the next one is asked for. */
  rows(table: string): Promise<TableRows>;
}

/** Another backup of this database is being made. */
export class BackupUnderWayError extends Error {
  override readonly name = 'BackupUnderWayError';
}

/** Reads one consistent state as the role `samtal_backup`, which can read everything and write nothing. */
export async function readSnapshot<Result>(
  access: DatabaseAccess,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const client = new Client({
    ...access.login,
    application_name: 'samtal-backup',
    options: '-c search_path=samtal -c statement_timeout=0 -c idle_in_transaction_session_timeout=0',
  });
  let broken: Error | null = null;
  client.on('error', (error) => void (broken = error));
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only; set local role samtal_backup');
    const lock = await client.query<{ ours: boolean }>('select pg_try_advisory_xact_lock($1) as ours', [
      backupLock,
    ]);
    if (lock.rows[0]?.ours !== true) throw new BackupUnderWayError();
    const result = await work(await snapshotOn(client));
    await client.query('commit');
    return result;
  } catch (error) {
    throw broken ?? error;
  } finally {
    await client.end();
  }
}

async function snapshotOn(client: Client): Promise<Snapshot> {
  const { rows: now } = await client.query<{ at: Date; version: string }>(
    "select transaction_timestamp() as at, current_setting('server_version') as version",
  );
  const { rows: migrations } = await client.query<AppliedMigration>(
    'select name, hash from migration order by name',
  );
  return {
    at: now[0]?.at ?? new Date(),
    serverVersion: now[0]?.version ?? '',
    migrations,
    tables: await tablesOf(client),
    sequences: await sequencesOf(client),
    query: async <Row extends object>(text: string, values: readonly unknown[]) =>
      (await client.query(text, [...values])).rows as Row[],
    rows: async (table) => {
      const columns = await columnsOf(client, table);
      const list = columns.map(escapeIdentifier).join(', ');
      const bytes = client.query(
        copyTo(`copy (select ${list} from ${escapeIdentifier(table)}) to stdout (format binary)`, {
          highWaterMark: 512 * 1024,
        }),
      );
      // Who reads it hears of an error. One who gave up before must not have it end the process.
      bytes.on('error', () => undefined);
      return { columns, bytes, rowCount: () => bytes.rowCount };
    },
  };
}

/** All tables with rows of the platform's. The list of migrations is not one of them: it says what the schema is. */
export async function tablesOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'samtal'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> 'migration'
     order by relname`,
  );
  return rows.map(({ name }) => name);
}

/** What can be written; generated columns come by themselves. */
export async function columnsOf(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = format('samtal.%I', $1::text)::regclass and attnum > 0 and not attisdropped and attgenerated = ''
     order by attnum`,
    [table],
  );
  return rows.map(({ name }) => name);
}

async function sequencesOf(client: Client): Promise<SequenceState[]> {
  const { rows } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'samtal'::regnamespace and relkind = 'S' order by relname",
  );
  const states: SequenceState[] = [];
  for (const { name } of rows) {
    const state = await client.query<{ last_value: number; is_called: boolean }>(
      `select last_value, is_called from ${escapeIdentifier(name)}`,
    );
    const { last_value: lastValue = 1, is_called: isCalled = false } = state.rows[0] ?? {};
    states.push({ name, lastValue, isCalled });
  }
  return states;
}
