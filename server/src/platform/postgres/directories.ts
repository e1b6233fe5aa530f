import { chmod, chown, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseUser } from './database-user.ts';
import { PostgresError } from './postgres-error.ts';
import { hasCode } from './processes.ts';

/** Makes the data directory. As root others may pass through, since the database's user has to. */
export async function makeDataDirectory(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  return await realpath(dataDir);
}

/** Makes a directory that others may read and only we may write to, or makes sure that it is. */
export async function makeTrusted(directory: string): Promise<void> {
  if (await makeDirectory(directory)) return await chmod(directory, 0o755);
  const found = await lstat(directory);
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return;
  throw new PostgresError(
    'postgres-directory-taken',
    `${directory} is not a directory that samtal alone may write to. Remove it.`,
  );
}

/** Makes the directory for the user alone, or makes sure that it is. Somebody else may have been there first. */
export async function makePrivate(directory: string, user: DatabaseUser | null): Promise<void> {
  const own = process.getuid?.() ?? 0;
  const isNew = await makeDirectory(directory);
  const found = await lstat(directory);
  const wanted = user?.uid ?? own;
  if (!found.isDirectory() || (found.uid !== wanted && found.uid !== own)) {
    throw new PostgresError(
      'postgres-directory-taken',
      `${directory} should belong to the database’s user (id ${wanted}), but belongs to ${found.uid}. Remove it, or set another SAMTAL_DATA_DIR.`,
    );
  }
  if (user !== null && (isNew || found.uid !== wanted)) await chown(directory, user.uid, user.gid);
  if (isNew || (found.mode & 0o777) !== 0o700) await chmod(directory, 0o700);
}

async function makeDirectory(directory: string): Promise<boolean> {
  try {
    await mkdir(directory, { mode: 0o700 });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Whether the mode bits let the database's user enter the directory and all above it. `null` is the server's own user. */
export async function canReach(directory: string, user: DatabaseUser | null): Promise<boolean> {
  if (user === null) return true;
  for (let path = directory; ; path = dirname(path)) {
    const { mode, uid, gid } = await stat(path);
    const isOwner = uid === user.uid;
    const isGroup = gid === user.gid;
    const entry = isOwner ? 0o100 : isGroup ? 0o010 : 0o001;
    if ((mode & entry) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
