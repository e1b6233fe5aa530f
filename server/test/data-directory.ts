import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { createLog } from '../src/platform/log/index.ts';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type PostgresConnection,
} from '../src/platform/postgres/index.ts';
import { clearLeftover } from '../src/platform/postgres/leftover.ts';
import { placeIn, testRuntimeParent } from './postgres.ts';

/** Says nothing unless something fails that should not. */
const silentLog = createLog({ destination: { write: () => undefined } });

const running: EmbeddedPostgres[] = [];

/** A directory for one test, removed after it together with any database that still runs in it. */
export async function temporaryDirectory(t: TestContext, parent = tmpdir()): Promise<string> {
  const directory = await realpath(await mkdtemp(join(parent, 'samtal-test-')));
  t.after(async () => {
    await Promise.all(running.splice(0).map((engine) => engine.stop()));
    await clearLeftover(placeIn(directory), silentLog);
    await rm(directory, { recursive: true, force: true });
  });
  return directory;
}

let made: Promise<string> | null = null;

/** The same with a database in it that has run once. It is a copy: making one takes far longer. */
export async function directoryWithDatabase(t: TestContext): Promise<string> {
  const directory = await temporaryDirectory(t);
  const from = join(await (made ??= makeDatabase()), 'postgres');
  await mkdir(join(directory, 'postgres'), { mode: 0o711 });
  // With its owner, who is another one than root.
  const parts = ['cluster', 'superuser.password'].map((name) => join(from, name));
  await promisify(execFile)('cp', ['-a', ...parts, join(directory, 'postgres')]);
  return directory;
}

async function makeDatabase(): Promise<string> {
  const dataDir = await realpath(await mkdtemp(join(tmpdir(), 'samtal-test-')));
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const options = { dataDir, log: silentLog, runtimeParent: testRuntimeParent, isDurable: false };
  await (await startEmbeddedPostgres(options)).stop();
  return dataDir;
}

/** Runs the engine itself, durable as in production, in the {@link temporaryDirectory} of one test. */
export async function runEngine(
  options: Partial<EmbeddedPostgresOptions> & { dataDir: string },
): Promise<EmbeddedPostgres> {
  const engine = await startEmbeddedPostgres({
    log: silentLog,
    runtimeParent: testRuntimeParent,
    ...options,
  });
  running.push(engine);
  return engine;
}

/** Runs one statement on a connection of its own. */
export async function query<Row extends object>(
  connection: PostgresConnection,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ ...connection, connectionTimeoutMillis: 5_000 });
  // A postmaster that is killed takes its connections along; the query that waits then rejects.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
