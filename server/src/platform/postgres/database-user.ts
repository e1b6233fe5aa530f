import { readFile, stat } from 'node:fs/promises';
import { hasCode } from './processes.ts';
import { PostgresError } from './postgres-error.ts';

/** Whom the database runs as when the server runs as root, since PostgreSQL refuses to be root. */
export interface DatabaseUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Whose processes and files the database's are. `null` means the server's own user. An existing cluster decides; for a
 * new one root takes the user `postgres`, else `nobody`.
 */
export async function chooseDatabaseUser(cluster: string): Promise<DatabaseUser | null> {
  const own = process.getuid?.() ?? 0;
  const owner = await ownerOf(cluster);
  if (own !== 0) {
    if (owner === null || owner.uid === own) return null;
    throw new PostgresError(
      'postgres-foreign-cluster',
      `The database in ${cluster} belongs to the user with id ${owner.uid}, but samtal runs as ${own}. ` +
        `Start samtal as that user or as root, or give it the directory: chown -R ${own} ${cluster}`,
    );
  }
  if (owner === null) return await unprivilegedUser();
  if (owner.uid !== 0) return owner;
  throw new PostgresError(
    'postgres-root-cluster',
    `The database in ${cluster} belongs to root, as whom PostgreSQL refuses to run. Give it to another user: chown -R nobody ${cluster}`,
  );
}

async function ownerOf(path: string): Promise<DatabaseUser | null> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

// initdb looks its user up by id, so a made-up id will not do.
async function unprivilegedUser(): Promise<DatabaseUser> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find(([user]) => user === name) ?? [];
    if (Number(uid) > 0 && Number(gid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new PostgresError(
    'postgres-no-user',
    'PostgreSQL refuses to run as root, and this system has neither a user postgres nor nobody. ' +
      'Add one (useradd --system postgres), start samtal as an ordinary user, or set SAMTAL_DATABASE_URL.',
  );
}
