import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { externalAccess, openDatabase } from '../server/src/platform/database/index.ts';
import { Keyring } from '../server/src/platform/keys/index.ts';
import { createLog } from '../server/src/platform/log/index.ts';
import { startEmbeddedPostgres } from '../server/src/platform/postgres/index.ts';
import type { TestDatabase } from '../server/test/database.ts';
import { postgresUrl, testRuntimeParent } from '../server/test/postgres.ts';
import { familyProcessorSeconds } from './usage.ts';

/** The platform's own embedded PostgreSQL, waiting for the disk at each commit as in production. */
export interface DurableDatabase {
  /** For the platform: migrated, otherwise empty. */
  readonly platform: TestDatabase;
  /** For the ceiling: another database of the same cluster, empty. */
  readonly bareUrl: string;
  /** Of PostgreSQL, all its processes together; null where that cannot be told. */
  processorSeconds(): number | null;
  close(): Promise<void>;
}

export async function startDurableDatabase(): Promise<DurableDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'samtal-bench-'));
  const log = createLog({ destination: process.stderr, level: 'error', readable: true });
  const engine = await startEmbeddedPostgres({ dataDir: directory, log, runtimeParent: testRuntimeParent });
  const remove = async () => {
    await engine.stop();
    await rm(directory, { recursive: true, force: true });
  };
  // Whoever stops a benchmark must not be left with its database.
  const interrupted = () => {
    remove().then(
      () => process.exit(130),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  const urlOf = (database: string) => postgresUrl({ ...engine.connection, database });
  const owner = new Client({ connectionString: postgresUrl(engine.connection) });
  await owner.connect();
  await owner.query('create database platform');
  await owner.query('create database bare');
  await owner.end();
  const platform = await openPlatform(urlOf('platform'), join(directory, 'keyring'));
  return {
    platform,
    bareUrl: urlOf('bare'),
    processorSeconds: () => (engine.pid === null ? null : familyProcessorSeconds(engine.pid)),
    close: async () => {
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      await platform.close();
      await remove();
    },
  };
}

/** Connections break when a benchmark is stopped; whoever waits for an answer is told by its own error. */
const ignored = () => undefined;

async function openPlatform(url: string, keyringDirectory: string): Promise<TestDatabase> {
  const { database } = await openDatabase(externalAccess(url), ignored);
  const owner = new Client({ connectionString: url });
  await owner.connect();
  owner.on('error', ignored);
  await owner.query('set search_path = samtal');
  return {
    database,
    url,
    keyring: await Keyring.open(keyringDirectory),
    keyringDirectory,
    checkpointDirectory: `${keyringDirectory}-checkpoints`,
    mediaDirectory: join(keyringDirectory, '../media'),
    asOwner: async (text, values) => await owner.query(text, values),
    close: async () => {
      await owner.end();
      await database.close();
    },
  };
}
