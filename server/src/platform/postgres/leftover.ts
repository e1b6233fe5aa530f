import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Log } from '../log/index.ts';
import type { Place } from './place.ts';
import { PostgresError } from './postgres-error.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import {
  isPostgresOf,
  isTaken,
  killProcessesOf,
  processesOf,
  signalProcess,
  waitUntil,
} from './processes.ts';
import { socketPath } from './socket-directory.ts';

const limits = {
  fastStopMs: 30_000,
  immediateStopMs: 10_000,
  killMs: 10_000,
  backendsMs: 2_000,
  connectMs: 1_000,
};

type Served = Pick<Place, 'cluster' | 'socketDir'>;

/**
 * Clears away what a killed server or a killed postmaster left behind: a postmaster that still runs, backends without
 * one, and a `postmaster.pid` that would keep PostgreSQL from starting.
 */
export async function clearLeftover(place: Served, log: Log): Promise<void> {
  await stopPostmaster(place.cluster, log);
  await endBackends(place.cluster, log);
  await removeStaleFiles(place, log);
}

async function stopPostmaster(cluster: string, log: Log): Promise<void> {
  const file = await readPostmasterFile(cluster);
  if (file === null || !(await isPostgresOf(file.pid, cluster))) return;
  log.warn('postgres-leftover-stopped', { pid: file.pid });
  const hasEnded = async (): Promise<boolean> => !(await isPostgresOf(file.pid, cluster));
  for (const [signal, patienceMs] of [
    ['SIGINT', limits.fastStopMs],
    ['SIGQUIT', limits.immediateStopMs],
    ['SIGKILL', limits.killMs],
  ] as const) {
    signalProcess(file.pid, signal);
    if (await waitUntil(hasEnded, patienceMs)) return;
  }
  throw new PostgresError(
    'postgres-leftover-stuck',
    `A database that an earlier samtal left running (process ${file.pid}) does not end.`,
  );
}

/** Backends notice that their postmaster is gone when they next wait; those that compute are ended. */
async function endBackends(cluster: string, log: Log): Promise<void> {
  const haveEnded = async (): Promise<boolean> => (await processesOf(cluster)).length === 0;
  if (await waitUntil(haveEnded, limits.backendsMs)) return;
  const left = await processesOf(cluster);
  log.warn('postgres-backends-killed', { count: left.length });
  if (await killProcessesOf(cluster, limits.killMs)) return;
  throw new PostgresError(
    'postgres-leftover-stuck',
    `Processes of an earlier database do not end: ${(await processesOf(cluster)).join(', ')}.`,
  );
}

/**
 * PostgreSQL deals with its own stale lock files, `postmaster.pid` and the one beside the socket, unless they are empty
 * after a power cut, or the id in them belongs to another process by now, as after a restart of the machine or of a
 * container, or to a zombie that nobody waits for. That they may go is certain only here, where no process works on the
 * cluster and nobody answers on its socket, such as a container that shares the directory and not our processes.
 */
async function removeStaleFiles({ cluster, socketDir }: Served, log: Log): Promise<void> {
  const file = await readPostmasterFile(cluster);
  for (const directory of new Set([socketDir, file?.socketDir ?? socketDir])) {
    if (!(await answers(socketPath(directory)))) continue;
    throw new PostgresError(
      'postgres-used-elsewhere',
      `The database in ${cluster} is in use by a samtal elsewhere, such as in another container.`,
    );
  }
  // NOTE: PostgreSQL keeps in postmaster.pid by which it finds backends that outlived their postmaster. Where we cannot
  // look for those ourselves, the file has to stay.
  if (process.platform !== 'linux' || (file !== null && !isTaken(file.pid))) return;
  if (file !== null) log.warn('postgres-stale-file-removed', { pid: file.pid });
  await rm(join(cluster, 'postmaster.pid'), { force: true });
  await rm(`${socketPath(socketDir)}.lock`, { force: true });
}

async function answers(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(path);
    const done = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.on('connect', () => done(true));
    // Refused or absent: nobody listens there.
    socket.on('error', () => done(false));
    socket.setTimeout(limits.connectMs, () => done(true));
  });
}
