import { readdirSync, readFileSync } from 'node:fs';

/** What a process has used so far, and holds now. */
export interface Usage {
  readonly processorSeconds: number;
  readonly residentBytes: number;
  /** What JavaScript and its buffers hold, after a collection where the process allows one. */
  readonly heldBytes: number;
}

/** Of this process. Collects garbage first when it was started with `--expose-gc`. */
export function ownUsage(): Usage {
  globalThis.gc?.();
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { processorSeconds: (user + system) / 1e6, residentBytes: rss, heldBytes: heapUsed + external };
}

/** Of the kernel, on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Processor time of a process with all its children, living and ended. Null where there is no /proc. */
export function familyProcessorSeconds(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  let ticks = ticksOf(pid, true);
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name) && parentOf(Number(name)) === pid) ticks += ticksOf(Number(name), false);
  }
  return ticks / ticksPerSecond;
}

/** The fields of /proc/pid/stat after the program's name, which may hold spaces; empty when the process has ended. */
function statOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return [];
    throw error;
  }
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1] ?? 0);
}

function ticksOf(pid: number, withEndedChildren: boolean): number {
  const [user = 0, system = 0, children = 0, childrenSystem = 0] = statOf(pid).slice(11, 15).map(Number);
  return user + system + (withEndedChildren ? children + childrenSystem : 0);
}
