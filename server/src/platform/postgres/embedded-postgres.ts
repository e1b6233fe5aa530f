import { setTimeout as sleep } from 'node:timers/promises';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log/index.ts';
import { databaseName, provideCluster, readIfThere, superuser } from './cluster.ts';
import { dataDirectoryHolder, holdsDataDirectory, lockDataDirectory } from './data-directory-lock.ts';
import { makeDataDirectory } from './directories.ts';
import { clearLeftover } from './leftover.ts';
import { removeOldLogs } from './old-logs.ts';
import { preparePlace, type Place } from './place.ts';
import { startPostmaster, type Postmaster } from './postmaster.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { hasCode, signalProcess, type Exit } from './processes.ts';
import { removeOtherRuntimes } from './runtime.ts';
import { socketPort } from './settings.ts';

/** How to reach the database as its superuser. Fits the configuration of `pg`, where a `host` with a slash is a socket. */
export interface PostgresConnection {
  /** Directory of the Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly log: Log;
  /** PostgreSQL ended while nobody asked it to. It is being started again. */
  readonly onExit?: (exit: Exit) => void;
  /** It accepts connections again. */
  readonly onRestart?: () => void;
  /** False only for throwaway clusters of tests: commits may be lost when the machine fails. */
  readonly isDurable?: boolean;
  /** Where tests keep the one copy of the programs that all their clusters use. */
  readonly runtimeParent?: string;
}

export interface EmbeddedPostgres {
  /** Stays the same when PostgreSQL is started again. */
  readonly connection: PostgresConnection;
  /** Of the postmaster; another one after a restart, `null` while there is none. */
  readonly pid: number | null;
  /** Shuts PostgreSQL down in good order and waits for it. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL in the data directory, making it first if need be, and keeps it running until it is
 * told to stop. Takes the data directory for this process unless the process has it already.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = await makeDataDirectory(options.dataDir);
  const lock = holdsDataDirectory(dataDir) ? null : await lockDataDirectory(dataDir);
  try {
    return await start(options, async () => await lock?.release());
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/**
 * How to reach the database that a running server of this data directory has started; `null` when no server runs.
 * Then a command takes the lock and starts the database itself, for as long as it needs it.
 */
export async function findRunningPostgres(dataDir: string): Promise<PostgresConnection | null> {
  const directory = await realPathOrNull(dataDir);
  if (directory === null || (await dataDirectoryHolder(directory)) === null) return null;
  const file = await readPostmasterFile(join(directory, 'postgres/cluster'));
  const password = await readIfThere(join(directory, 'postgres/superuser.password'));
  if (file === null || !file.isReady || password === null) return null;
  return connectionOf(file.socketDir, password.trim());
}

function connectionOf(socketDir: string, password: string): PostgresConnection {
  return { host: socketDir, port: socketPort, user: superuser, password, database: databaseName };
}

async function start(
  options: EmbeddedPostgresOptions,
  release: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const { log, isDurable = true } = options;
  const began = performance.now();
  const place = await preparePlace(options.dataDir, options.runtimeParent);
  await clearLeftover(place, log);
  const password = await provideCluster(place, isDurable);
  await removeOldLogs(place.logDir);
  const supervised = new Supervised(place, options);
  await supervised.start();
  await removeOtherRuntimes(place.home, place.runtime.postgres);
  const durationMs = Math.round(performance.now() - began);
  log.info('postgres-started', { pid: supervised.pid, version: place.runtime.version, durationMs });
  let stopping: Promise<void> | null = null;
  return {
    connection: connectionOf(place.socketDir, password),
    get pid() {
      return supervised.pid;
    },
    stop: () => (stopping ??= stopAndRelease(supervised, release)),
  };
}

async function stopAndRelease(supervised: Supervised, release: () => Promise<void>): Promise<void> {
  try {
    await supervised.stop();
  } finally {
    await release();
  }
}

/**
 * Keeps one postmaster running.
 *
 *   running ──it ends──▶ restarting ──accepts connections──▶ running
 *      └──────stop──────────┴──────────stop──────────▶ stopped
 */
class Supervised {
  readonly #place: Place;
  readonly #options: EmbeddedPostgresOptions;
  readonly #stopped = new AbortController();
  #postmaster: Postmaster | null = null;
  #restarting: Promise<void> = Promise.resolve();

  constructor(place: Place, options: EmbeddedPostgresOptions) {
    this.#place = place;
    this.#options = options;
  }

  get pid(): number | null {
    return this.#postmaster?.pid ?? null;
  }

  async start(): Promise<void> {
    const postmaster = await startPostmaster(this.#place, this.#options.isDurable ?? true);
    this.#postmaster = postmaster;
    process.once('exit', this.#endWithProcess);
    void postmaster.exited.then((exit) => this.#ended(exit));
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#restarting;
    await this.#postmaster?.stop();
    this.#forget();
  }

  /** A server that fails takes its database along, as far as can be done without waiting. */
  readonly #endWithProcess = (): void => {
    if (this.#postmaster !== null) signalProcess(this.#postmaster.pid, 'SIGINT');
  };

  #forget(): void {
    this.#postmaster = null;
    process.off('exit', this.#endWithProcess);
  }

  #ended(exit: Exit): void {
    this.#forget();
    if (this.#stopped.signal.aborted) return;
    this.#options.log.error('postgres-lost', { exitCode: exit.code, signal: exit.signal });
    this.#options.onExit?.(exit);
    this.#restarting = this.#restart();
  }

  /** Tries until it succeeds or is told to stop, at growing intervals up to five seconds. */
  async #restart(): Promise<void> {
    const { log, onRestart } = this.#options;
    for (let attempt = 1; !this.#stopped.signal.aborted; attempt += 1) {
      try {
        await clearLeftover(this.#place, log);
        await this.start();
        log.warn('postgres-restarted', { pid: this.pid, attempt });
        onRestart?.();
        return;
      } catch (error) {
        log.error('postgres-restart-failed', { attempt }, error);
        await this.#pause(Math.min(5_000, 50 * 2 ** attempt));
      }
    }
  }

  async #pause(delayMs: number): Promise<void> {
    try {
      await sleep(delayMs, undefined, { signal: this.#stopped.signal });
    } catch (error) {
      if (!hasCode(error, 'ABORT_ERR')) throw error;
    }
  }
}

async function realPathOrNull(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}
