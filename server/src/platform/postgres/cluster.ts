import { randomBytes } from 'node:crypto';
import { chown, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makePrivate } from './directories.ts';
import type { Place } from './place.ts';
import { PostgresError } from './postgres-error.ts';
import { hasCode, killProcessesOf, type Exit } from './processes.ts';
import { runProgram } from './run-program.ts';

/** The superuser of the embedded database, and the database it holds. */
export const superuser = 'samtal';
export const databaseName = 'samtal';

/**
 * How PostgreSQL is told where its cluster is. It runs as another user than the server and may not be able to walk
 * down the path to it (a data directory below a closed home directory), but it may always use the directory it was started in.
 */
export function clusterArgument(cluster: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : cluster;
}

/**
 * Makes the cluster once. It is made beside its place and renamed, so that a kill in the middle leaves nothing
 * half-made. Returns the superuser's password.
 */
export async function provideCluster(place: Place, isDurable: boolean): Promise<string> {
  const password = await providePassword(place.passwordFile);
  const made = await majorVersion(place.cluster);
  const wanted = place.runtime.version.split('.')[0] ?? '';
  if (made === wanted) return password;
  if (made !== null) {
    throw new PostgresError(
      'postgres-other-version',
      `The database in ${place.cluster} was made by PostgreSQL ${made}, and this version of samtal runs ${wanted}. ` +
        'Export it with the version that made it, and import it into an empty data directory.',
    );
  }
  const fresh = `${place.cluster}.new`;
  // An initdb outlives a server that is killed, and would go on writing.
  await killProcessesOf(fresh, 10_000);
  await rm(fresh, { recursive: true, force: true, maxRetries: 20 });
  await makePrivate(fresh, place.user);
  await initialise({ place, fresh, password, isDurable });
  await rename(fresh, place.cluster);
  if (isDurable) await syncDirectory(dirname(place.cluster));
  return password;
}

interface Initialising {
  readonly place: Place;
  readonly fresh: string;
  readonly password: string;
  readonly isDurable: boolean;
}

async function initialise({ place, fresh, password, isDurable }: Initialising): Promise<void> {
  const passwordFile = join(place.home, 'initdb.password');
  await rm(passwordFile, { force: true });
  try {
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
    if (place.user !== null) await chown(passwordFile, place.user.uid, place.user.gid);
    const data = clusterArgument(fresh);
    const args = [
      `--pgdata=${data}`,
      `--username=${superuser}`,
      '--pwfile=../initdb.password',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--data-checksums',
      '--no-instructions',
      ...(isDurable ? [] : ['--no-sync']),
    ];
    const run = { cwd: fresh, user: place.user };
    refuseFailure('initdb', await runProgram({ ...run, file: place.runtime.initdb, args }));
    const single = [
      '--single',
      '-D',
      data,
      '-c',
      'exit_on_error=on',
      ...(isDurable ? [] : ['-F']),
      'postgres',
    ];
    const input = `create database ${databaseName}\n`;
    refuseFailure(
      'postgres',
      await runProgram({ ...run, file: place.runtime.postgres, args: single, input }),
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function refuseFailure(program: string, { code, signal, output }: Exit & { output: string }): void {
  if (code === 0) return;
  const hint = output.includes('could not look up effective user ID')
    ? 'Its user needs an entry in /etc/passwd: start samtal as a user that has one, or set SAMTAL_DATABASE_URL. '
    : '';
  throw new PostgresError(
    'postgres-initdb-failed',
    `${program} failed (${signal ?? code}). ${hint}It said: ${output.trim().slice(-1_000)}`,
  );
}

/** What the cluster was made by (`18`); `null` when there is none. */
async function majorVersion(cluster: string): Promise<string | null> {
  return (await readIfThere(join(cluster, 'PG_VERSION')))?.trim() ?? null;
}

/** NOTE: kept before the cluster is made, so that no cluster exists whose password is lost. */
async function providePassword(path: string): Promise<string> {
  const kept = await readIfThere(path);
  if (kept !== null && kept.trim() !== '') return kept.trim();
  const password = randomBytes(32).toString('base64url');
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, `${password}\n`, { mode: 0o600, flag: 'wx', flush: true });
  await rename(fresh, path);
  return password;
}

export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
