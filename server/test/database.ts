import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResult, type QueryResultRow } from 'pg';
import { externalAccess, openDatabase, type Database } from '../src/platform/database/index.ts';
import { Keyring } from '../src/platform/keys/index.ts';
import { testPostgresUrl, type TestPostgres } from './postgres.ts';

/** A database of one test file, migrated and empty, with a keyring of its own. */
export interface TestDatabase {
  readonly database: Database;
  /** Reaches it as its owner; what `SAMTAL_DATABASE_URL` would be. */
  readonly url: string;
  readonly keyring: Keyring;
  readonly keyringDirectory: string;
  /** Is made when something is written there. */
  readonly checkpointDirectory: string;
  /** Where files of conversations may be kept. */
  readonly mediaDirectory: string;
  /** Runs a statement past row-level security: to look, and to move rows about in time. */
  asOwner<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<Row>>;
  close(): Promise<void>;
}

/** One whose connections can be given up for a while. */
export interface OwnTestDatabase extends TestDatabase {
  /** Does something during which nobody else may be connected. `database` is another object afterwards. */
  whileDisconnected<Result>(work: () => Promise<Result>): Promise<Result>;
}

const migrations = new URL('../migrations/', import.meta.url);
const templateLock = 7_318_900;

/**
 * Clones the template of this schema, and makes the template when the cluster has none yet. `url` reaches the clone as its owner. A cluster
 * that cannot be cloned in is stopped: whoever gets no clone has nothing to drop.
 */
export async function cloneTemplate(
  start: () => Promise<TestPostgres> = testPostgresUrl,
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const postgres = await start();
  const name = `samtal_test_${randomBytes(8).toString('hex')}`;
  try {
    await asMaintenance(postgres.url, async (maintenance) => {
      const template = await provideTemplate(maintenance, postgres.url);
      // A fifth of what it costs to write all pages to the log as well.
      await maintenance.query(`create database ${name} template ${template} strategy file_copy`);
    });
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return {
    url: withDatabase(postgres.url, name),
    drop: async () => {
      try {
        await asMaintenance(postgres.url, (maintenance) =>
          maintenance.query(`drop database ${name} with (force)`),
        );
      } finally {
        await postgres.stop();
      }
    },
  };
}

export async function createTestDatabase(): Promise<OwnTestDatabase> {
  const { url, drop } = await cloneTemplate();
  let isClosing = false;
  // What other connections there are when the database is dropped are cut, which is no fault.
  const onError = (error: Error) => {
    if (!isClosing) throw error;
  };
  const connect = async () => {
    const { database } = await openDatabase(externalAccess(url), onError);
    const owner = new Client({ connectionString: url, options: '-c search_path=samtal' });
    owner.on('error', onError);
    await owner.connect();
    return { database, owner };
  };
  let connected = await connect();
  const disconnect = async () => {
    await connected.database.close();
    await connected.owner.end();
  };
  let turn: Promise<unknown> = Promise.resolve();
  const keyringDirectory = await mkdtemp(join(tmpdir(), 'samtal-test-keyring-'));
  const checkpointDirectory = `${keyringDirectory}-checkpoints`;
  const mediaDirectory = await mkdtemp(join(tmpdir(), 'samtal-test-media-'));
  return {
    get database() {
      return connected.database;
    },
    url,
    keyring: await Keyring.open(keyringDirectory),
    keyringDirectory,
    checkpointDirectory,
    mediaDirectory,
    asOwner: async <Row extends QueryResultRow>(text: string, values?: unknown[]) => {
      const result = turn.then(async () => await connected.owner.query<Row>(text, values));
      turn = result.catch(() => undefined);
      return await result;
    },
    whileDisconnected: async (work) => {
      await disconnect();
      try {
        return await work();
      } finally {
        connected = await connect();
      }
    },
    close: async () => {
      isClosing = true;
      await disconnect();
      await drop();
      for (const directory of [
        keyringDirectory,
        checkpointDirectory,
        mediaDirectory,
        `${keyringDirectory}-data`,
      ])
        await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The template’s name says which migrations made it. It gets that name when it is whole, and not before. */
async function provideTemplate(maintenance: Client, url: string): Promise<string> {
  const template = `samtal_template_${await migrationsHash()}`;
  await maintenance.query('select pg_advisory_lock($1)', [templateLock]);
  try {
    const known = await maintenance.query('select from pg_database where datname = $1', [template]);
    if (known.rowCount === 0) {
      const draft = `${template}_draft`;
      await maintenance.query(`drop database if exists ${draft} with (force)`);
      await maintenance.query(`create database ${draft}`);
      const { database } = await openDatabase(externalAccess(withDatabase(url, draft)), failLoudly);
      await database.close();
      await maintenance.query(`alter database ${draft} rename to ${template}`);
    }
  } finally {
    await maintenance.query('select pg_advisory_unlock($1)', [templateLock]);
  }
  return template;
}

async function migrationsHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(migrations)).toSorted()) {
    hash.update(name).update(await readFile(new URL(name, migrations)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function asMaintenance<Result>(
  url: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

/** An idle connection broke, which nothing in a test does on purpose. */
function failLoudly(error: Error): never {
  throw error;
}
