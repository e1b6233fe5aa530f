import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../src/platform/log/index.ts';
import {
  lockDataDirectory,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../src/platform/postgres/index.ts';
import { clearLeftover } from '../src/platform/postgres/leftover.ts';

/** A PostgreSQL of the tests, reached as its superuser. */
export interface TestPostgres {
  /** A `postgres://` URL that leads to a Unix socket. Other databases of the cluster differ from it in the path only. */
  readonly url: string;
  stop(): Promise<void>;
}

const log = createLog({ level: 'error' });
const prefix = 'samtal-test-cluster-';

/** Where all tests share one copy of PostgreSQL's programs, from run to run. */
export const testRuntimeParent = join(tmpdir(), `samtal-runtime-${process.getuid?.() ?? 0}`);

/** Starts a throwaway cluster: the same engine as the server's, but it does not wait for the disk. */
export async function startTestPostgres(): Promise<TestPostgres> {
  await removeAbandoned();
  const dataDir = await mkdtemp(join(tmpdir(), prefix));
  const engine = await start(dataDir);
  return {
    url: postgresUrl(engine.connection),
    stop: async () => {
      await engine.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The cluster that the whole run shares; a test file that is run alone starts its own. */
export async function testPostgresUrl(): Promise<TestPostgres> {
  const shared = process.env['SAMTAL_TEST_POSTGRES'];
  if (shared === undefined) return await startTestPostgres();
  return { url: shared, stop: () => Promise.resolve() };
}

/** The connection as a URL. */
export function postgresUrl({
  user,
  password,
  database,
  host,
  port,
}: EmbeddedPostgres['connection']): string {
  const url = new URL(`postgres://localhost/${database}`);
  url.username = user;
  url.password = password;
  url.searchParams.set('host', host);
  url.searchParams.set('port', String(port));
  return url.href;
}

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  return await startEmbeddedPostgres({ dataDir, log, isDurable: false, runtimeParent: testRuntimeParent });
}

/** A test run that was killed leaves its cluster running. Whoever starts the next one clears it away. */
async function removeAbandoned(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  for (const dataDir of names.map((name) => join(tmpdir(), name))) {
    if (!(await wasLocked(dataDir))) continue;
    try {
      // The lock is refused while the cluster is in use.
      const lock = await lockDataDirectory(dataDir);
      await clearLeftover(placeIn(lock.dataDir), log);
      await rm(dataDir, { recursive: true, force: true });
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'data-directory-in-use') throw error;
    }
  }
}

/** Where the engine keeps cluster and socket in a directory with a short path. */
export function placeIn(dataDir: string): { cluster: string; socketDir: string } {
  return { cluster: join(dataDir, 'postgres/cluster'), socketDir: join(dataDir, 'postgres/socket') };
}

/** A directory without a lock is one that is being made. */
async function wasLocked(dataDir: string): Promise<boolean> {
  return await access(join(dataDir, 'server.lock')).then(
    () => true,
    () => false,
  );
}
