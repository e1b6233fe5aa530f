import { randomUUID } from 'node:crypto';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere } from './cluster.ts';
import { makeDataDirectory } from './directories.ts';
import { PostgresError } from './postgres-error.ts';
import { hasCode, processStart } from './processes.ts';

/** The right to use a data directory, which one process has at a time. */
export interface DataDirectoryLock {
  /** Absolute, and free of symbolic links. */
  readonly dataDir: string;
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  /** {@link processStart}: a later process may have the same id. */
  readonly start: string;
}

const held = new Set<string>();

/** Takes the data directory for this process, making it if need be. A holder that has died loses it. */
export async function lockDataDirectory(dataDir: string): Promise<DataDirectoryLock> {
  const directory = await makeDataDirectory(dataDir);
  const path = join(directory, 'server.lock');
  const start = await processStart(process.pid);
  const own = JSON.stringify({ pid: process.pid, start } satisfies { pid: number; start: string | null });
  const mine = `${path}.${randomUUID()}`;
  await writeFile(mine, own, { mode: 0o644, flag: 'wx' });
  try {
    while (!(await tookLink(mine, path))) await removeDead(path);
  } finally {
    await rm(mine, { force: true });
  }
  held.add(directory);
  return {
    dataDir: directory,
    release: async () => {
      if (held.delete(directory) && (await readIfThere(path)) === own) await rm(path, { force: true });
    },
  };
}

/** Whether this process has the data directory. The path must be free of symbolic links. */
export function holdsDataDirectory(dataDir: string): boolean {
  return held.has(dataDir);
}

/** The process that uses the data directory; `null` when none does, or the one that did has died. */
export async function dataDirectoryHolder(dataDir: string): Promise<number | null> {
  const holder = parse(await readIfThere(join(dataDir, 'server.lock')));
  return holder !== null && (await processStart(holder.pid)) === holder.start ? holder.pid : null;
}

/** A hard link comes into being whole or not at all, also when two try at once. */
async function tookLink(mine: string, path: string): Promise<boolean> {
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Refuses while the holder lives. Else moves its file away, and puts it back if it turns out to be a newer one. */
async function removeDead(path: string): Promise<void> {
  const judged = await readIfThere(path);
  const holder = parse(judged);
  if (holder !== null && (await processStart(holder.pid)) === holder.start) {
    throw new PostgresError(
      'data-directory-in-use',
      `another samtal is using this data directory (process ${holder.pid})`,
    );
  }
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if ((await readIfThere(aside)) !== judged) await tookLink(aside, path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

function parse(text: string | null): Holder | null {
  const [, pid, start] = /^\{"pid":(\d+),"start":"([^"]+)"\}$/.exec(text ?? '') ?? [];
  return pid === undefined || start === undefined ? null : { pid: Number(pid), start };
}
