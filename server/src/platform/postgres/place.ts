import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseDatabaseUser, type DatabaseUser } from './database-user.ts';
import { canReach, makeDataDirectory, makePrivate, makeTrusted } from './directories.ts';
import { findShipped, provideRuntime, type Runtime } from './runtime.ts';
import { provideSocketDirectory } from './socket-directory.ts';

/** Where everything of one embedded database is. All paths are absolute and free of symbolic links. */
export interface Place {
  /** `<dataDir>/postgres`: the server's own, and the rest lies in it. */
  readonly home: string;
  readonly cluster: string;
  readonly logDir: string;
  readonly socketDir: string;
  readonly passwordFile: string;
  readonly user: DatabaseUser | null;
  readonly runtime: Runtime;
}

/**
 * Where the programs may be copied to. Below a directory that the database's user may not enter, such as a home directory, they
 * could not be run; then, and on a file system mounted noexec, a directory for temporary files has to serve.
 */
async function* runtimeParents({
  home,
  user,
  runtimeParent,
}: {
  home: string;
  user: DatabaseUser | null;
  runtimeParent: string | undefined;
}): AsyncGenerator<string> {
  if (runtimeParent === undefined && (await canReach(home, user))) yield home;
  const own = process.getuid?.() ?? 0;
  const shared = runtimeParent ?? join(tmpdir(), `samtal-runtime-${own}`);
  await makeTrusted(shared);
  yield shared;
}

/** Makes the directories of the embedded database, and brings its programs where its user can run them. */
export async function preparePlace(dataDir: string, runtimeParent?: string): Promise<Place> {
  const shipped = await findShipped();
  const home = await makeDataDirectory(join(await makeDataDirectory(dataDir), 'postgres'));
  const cluster = join(home, 'cluster');
  const logDir = join(home, 'log');
  const user = await chooseDatabaseUser(cluster);
  await makePrivate(logDir, user);
  const socketDir = await provideSocketDirectory(home, user);
  const parents = runtimeParents({ home, user, runtimeParent });
  const runtime = await provideRuntime({ shipped, parents, user });
  return { home, cluster, logDir, socketDir, passwordFile: join(home, 'superuser.password'), user, runtime };
}
