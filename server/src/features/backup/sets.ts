import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/*
 * A set is a directory `backup-<instant>` with its files and its manifest. While it is being made its name ends in
 * `.part`, and nothing with that name ever counts. Backups of the keyring are single files `keyring-<instant>.sealed`.
 */
const setName = /^backup-(\d{8}T\d{6})Z$/;
const keyringName = /^keyring-(\d{8}T\d{6})Z\.sealed$/;
const partOf = /^(?:backup|keyring)-.*\.part$/;
const dayMs = 86_400_000;

export interface Kept {
  readonly path: string;
  readonly at: Date;
}

/** The complete sets in a directory, oldest first. */
export async function listSets(directory: string): Promise<Kept[]> {
  return await listed(directory, setName);
}

/** The backups of the keyring in a directory, oldest first. */
export async function listKeyringBackups(directory: string): Promise<Kept[]> {
  return await listed(directory, keyringName);
}

export function setPath(directory: string, at: Date): string {
  return join(directory, `backup-${stamp(at)}`);
}

export function keyringBackupPath(directory: string, at: Date): string {
  return join(directory, `keyring-${stamp(at)}.sealed`);
}

/** Removes what was made more than so many days ago, and what was begun and not finished. Answers with how many counted. */
export async function removeExpired(directory: string, kept: readonly Kept[], days: number): Promise<number> {
  const before = Date.now() - days * dayMs;
  const expired = kept.filter(({ at }) => at.getTime() < before);
  // Out of the lists first: half a set must not be taken for a whole one.
  for (const { path } of expired) {
    await rename(path, `${path}.part`);
    await rm(`${path}.part`, { recursive: true });
  }
  if (expired.length > 0) await syncDirectory(directory);
  return expired.length;
}

/** Removes what an earlier run left unfinished. Whoever calls this makes sure that no other run is under way. */
export async function removeUnfinished(directory: string): Promise<void> {
  for (const name of await readdir(directory))
    if (partOf.test(name)) await rm(join(directory, name), { recursive: true, force: true });
}

/** Gives what was written under a `.part` name its own name, once it is on disk. */
export async function publish(part: string, path: string): Promise<void> {
  await rename(part, path);
  await syncDirectory(join(path, '..'));
}

/** A name that is on disk no later than what it names. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function listed(directory: string, pattern: RegExp): Promise<Kept[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name) => {
      const [, instant] = pattern.exec(name) ?? [];
      return instant === undefined ? [] : [{ path: join(directory, name), at: instantOf(instant) }];
    })
    .toSorted((one, other) => one.at.getTime() - other.at.getTime());
}

function stamp(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function instantOf(compact: string): Date {
  return new Date(compact.replace(/^(....)(..)(..)T(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z'));
}
