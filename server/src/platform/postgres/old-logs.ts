import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const keptMs = 6 * 24 * 60 * 60 * 1000;

/**
 * Removes the database's logs of last week. PostgreSQL empties a weekday's file when that day comes round, but only
 * while it runs; without this a server that is started weekly would keep adding to one file.
 */
export async function removeOldLogs(logDir: string, now: number = Date.now()): Promise<void> {
  for (const name of await readdir(logDir)) {
    const path = join(logDir, name);
    if ((await lstat(path)).mtimeMs < now - keptMs) await rm(path, { force: true });
  }
}
