import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * What tells a process from any other that gets the same id later: when it started, and in which boot of the machine.
 * `null` when it has ended, a zombie included.
 */
export async function processStart(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return await psColumn(pid, 'lstart');
  const stat = await readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // proc_pid_stat(5): the name in parentheses may hold anything, so fields are counted from the last one.
  // State is field 3, start time in clock ticks since boot field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', start = ''] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X') return null;
  const boot = await readOrNull('/proc/sys/kernel/random/boot_id');
  return `${boot?.trim() ?? ''}:${start}`;
}

/** Whether the process is a live PostgreSQL that works on this cluster. */
export async function isPostgresOf(pid: number, cluster: string): Promise<boolean> {
  if ((await processStart(pid)) === null) return false;
  if (process.platform !== 'linux')
    return (await psColumn(pid, 'command'))?.includes(`-D ${cluster} `) ?? false;
  const name = await readOrNull(`/proc/${pid}/comm`);
  return name?.trim() === 'postgres' && (await workingDirectory(pid)) === cluster;
}

/**
 * Every process of PostgreSQL that works in the directory, whoever its parent is: backends outlive a postmaster that
 * was killed, and initdb the server that ran it. Without /proc nobody can tell, and the list is empty; PostgreSQL's own
 * interlock then refuses to start too early.
 */
export async function processesOf(cluster: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const ours = await Promise.all(pids.map((pid) => worksIn(pid, cluster, ['postgres', 'initdb'])));
  return pids.filter((_, index) => ours[index]);
}

/** Ends what {@link processesOf} finds there. Says whether all had ended before the time was up. */
export async function killProcessesOf(cluster: string, timeoutMs: number): Promise<boolean> {
  return await waitUntil(async () => {
    const left = await processesOf(cluster);
    for (const pid of left) signalProcess(pid, 'SIGKILL');
    return left.length === 0;
  }, timeoutMs);
}

/** Whether the id belongs to a process at all, be it a zombie or somebody else's. */
export function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (hasCode(error, 'EPERM')) return true;
    if (hasCode(error, 'ESRCH')) return false;
    throw error;
  }
}

/** Sends the signal, unless the process has ended already. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

/** Waits until the condition holds. Says whether it did before the time was up. */
export async function waitUntil(condition: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

/** Whether it is a system error of this code (`ENOENT`). */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

async function worksIn(pid: number, directory: string, programs: readonly string[]): Promise<boolean> {
  const name = await readOrNull(`/proc/${pid}/comm`);
  if (!programs.includes(name?.trim() ?? '') || (await workingDirectory(pid)) !== directory) return false;
  return (await processStart(pid)) !== null;
}

async function psColumn(pid: number, column: 'lstart' | 'command'): Promise<string | null> {
  try {
    const { stdout } = await run('ps', ['-ww', '-o', `stat=,${column}=`, '-p', String(pid)], {
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    });
    const [, state = '', value = ''] = /^\s*(\S+)\s+(.*\S)\s*$/.exec(stdout) ?? [];
    return value === '' || state.startsWith('Z') ? null : `${value} `;
  } catch (error) {
    // ps ends with 1 when there is no such process.
    if (error instanceof Error && (error as { code?: unknown }).code === 1) return null;
    throw error;
  }
}

async function workingDirectory(pid: number): Promise<string | null> {
  try {
    return await readlink(`/proc/${pid}/cwd`);
  } catch (error) {
    if (isGoneOrForeign(error)) return null;
    throw error;
  }
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isGoneOrForeign(error)) return null;
    throw error;
  }
}

function isGoneOrForeign(error: unknown): boolean {
  return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => hasCode(error, code));
}
