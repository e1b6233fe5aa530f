import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasCode } from './processes.ts';

/** What a postmaster tells in its `postmaster.pid` (PostgreSQL 18, `miscadmin.h`, LOCK_FILE_LINE_*). */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  /** Absolute. */
  readonly socketDir: string;
  /** Whether it accepts connections. */
  readonly isReady: boolean;
}

/** Reads the cluster's `postmaster.pid`; `null` when there is none, or when it is being written. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | null> {
  const text = await read(join(cluster, 'postmaster.pid'));
  const [pid, , , port, socketDir = '', , , status] = text?.split('\n') ?? [];
  if (pid === undefined || !/^\d+$/.test(pid)) return null;
  return {
    pid: Number(pid),
    port: Number(port ?? 0),
    socketDir: resolve(cluster, socketDir),
    isReady: status?.trim() === 'ready',
  };
}

async function read(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}
