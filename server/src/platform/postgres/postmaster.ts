import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterArgument } from './cluster.ts';
import type { Place } from './place.ts';
import { PostgresError } from './postgres-error.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { signalProcess, type Exit } from './processes.ts';
import { programEnvironment } from './run-program.ts';
import { postgresSettings } from './settings.ts';

/** A running PostgreSQL server that accepts connections. */
export interface Postmaster {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Ends open connections, writes everything, and waits until it has ended. */
  stop(): Promise<Exit>;
}

/** What PostgreSQL says before its log is open. */
const startupNotes = 'startup.log';

const limits = { fastStopMs: 60_000, immediateStopMs: 10_000 };

/** Starts PostgreSQL on the cluster and waits until it accepts connections, recovery after a crash included. */
export async function startPostmaster(place: Place, isDurable: boolean): Promise<Postmaster> {
  const output = openSync(join(place.home, startupNotes), 'w', 0o600);
  const child = spawn(place.runtime.postgres, postmasterArguments(place, isDurable), {
    cwd: place.cluster,
    ...place.user,
    env: programEnvironment,
    // A process group of its own, for Ctrl-C in the terminal must not end the database before the server has drained.
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const exited = new Promise<Exit>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  const { pid } = child;
  if (pid === undefined)
    throw new PostgresError('postgres-start-failed', 'PostgreSQL cannot be started.', {
      cause: await failure(exited),
    });
  const exit = await Promise.race([exited, readiness(place.cluster, pid, exited)]);
  if (exit === 'ready') return { pid, exited, stop: () => stop(pid, exited) };
  throw new PostgresError('postgres-start-failed', await startFailure(place, exit));
}

async function startFailure(place: Place, { code, signal }: Exit): Promise<string> {
  const said = (await startupWords(place)) || (await lastFatalLine(place)) || 'nothing.';
  return `PostgreSQL ended while starting (${signal ?? code}). It said: ${said} Its log is in ${place.logDir}.`;
}

async function startupWords({ home }: Place): Promise<string> {
  const lines = (await readFile(join(home, startupNotes), 'utf8')).split('\n');
  const isAboutLog = /redirecting log output to logging collector|Future log output will appear/;
  return lines
    .filter((line) => line.trim() !== '' && !isAboutLog.test(line))
    .join(' ')
    .slice(-1_000);
}

async function lastFatalLine({ logDir }: Place): Promise<string> {
  const texts = await Promise.all(
    (await readdir(logDir)).map((name) => readFile(join(logDir, name), 'utf8')),
  );
  const fatal = texts.flatMap((text) => text.split('\n').filter((line) => /(?:FATAL|PANIC): /.test(line)));
  // Lines begin with their time.
  return fatal.toSorted().at(-1) ?? '';
}

async function failure(exited: Promise<Exit>): Promise<unknown> {
  try {
    return await exited;
  } catch (error) {
    return error;
  }
}

function postmasterArguments({ cluster, socketDir, home }: Place, isDurable: boolean): string[] {
  const inside = relative(home, socketDir);
  const reachable = inside.startsWith('..') || isAbsolute(inside) ? socketDir : join('..', inside);
  const settings = postgresSettings({ socketDir: reachable, isDurable });
  return [
    '-D',
    clusterArgument(cluster),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

async function readiness(cluster: string, pid: number, ended: Promise<Exit>): Promise<'ready'> {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  void ended.then(over);
  for (;;) {
    const file = await readPostmasterFile(cluster);
    // An older file, of a postmaster that was killed, names another process.
    if (isOver || (file?.pid === pid && file.isReady)) return 'ready';
    await sleep(15);
  }
}

/** Fast shutdown first: it ends transactions and writes a checkpoint. The next signals leave recovery to the next start. */
async function stop(pid: number, ended: Promise<Exit>): Promise<Exit> {
  for (const [signal, patienceMs] of [
    ['SIGINT', limits.fastStopMs],
    ['SIGQUIT', limits.immediateStopMs],
  ] as const) {
    signalProcess(pid, signal);
    const exit = await Promise.race([ended, sleep(patienceMs, null, { ref: false })]);
    if (exit !== null) return exit;
  }
  signalProcess(pid, 'SIGKILL');
  return await ended;
}
