import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Log } from '../log/index.ts';
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

/**
 * Clears away what a killed server or a killed postmaster left behind: a postmaster that still runs, backends without
 * one, and a `postmaster.pid` that would keep PostgreSQL from starting.
 */
export async function clearLeftover(cluster: string, log: Log): Promise<void> {
  await stopPostmaster(cluster, log);
  await endBackends(cluster, log);
  await removeStaleFile(cluster, log);
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
 * PostgreSQL deals with a stale `postmaster.pid` itself, unless the id in it belongs to another process by now, as
 * after a restart of the machine or of a container. That the file may go is certain only here, where no process works
 * on the cluster and nobody answers on its socket, such as a container that shares the directory and not our processes.
 */
async function removeStaleFile(cluster: string, log: Log): Promise<void> {
  const file = await readPostmasterFile(cluster);
  if (file === null) return;
  if (await answers(socketPath(file.socketDir))) {
    throw new PostgresError(
      'postgres-used-elsewhere',
      `The database in ${cluster} is in use by a samtal elsewhere, such as in another container.`,
    );
  }
  if (process.platform !== 'linux' || !isTaken(file.pid)) return;
  log.warn('postgres-stale-file-removed', { pid: file.pid });
  await rm(join(cluster, 'postmaster.pid'), { force: true });
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
