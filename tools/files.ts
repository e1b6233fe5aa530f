import { execFileSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '..');

const left = ['node_modules', 'dist', '.git', 'data'];

/** Files below `folder` that match the glob patterns, with `/` between names, sorted; never built or installed ones. */
export function filesBelow(folder: string, ...patterns: string[]): string[] {
  const found = globSync(patterns, { cwd: folder, exclude: (name) => left.includes(name) });
  return found.map((file) => file.split(sep).join('/')).toSorted();
}

/** Every file that is, or could be, committed: what git tracks, and what is new and not ignored. */
export function committableFiles(folder: string): string[] {
  const listing = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const names = execFileSync('git', listing, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return names.split('\0').filter((name) => name !== '' && existsSync(join(folder, name)));
}
