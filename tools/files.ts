import { globSync, readdirSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '..');

const left = ['node_modules', 'dist', '.git', 'data'];

/** Files below `folder` that match the glob patterns, with `/` between names, sorted; never built or installed ones. */
export function filesBelow(folder: string, ...patterns: string[]): string[] {
  const found = globSync(patterns, { cwd: folder, exclude: (name) => left.includes(name) });
  return found.map((file) => file.split(sep).join('/')).toSorted();
}

/** Every file that is, or could be, committed: all that `.gitignore` does not name. */
export function committableFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !isIgnored(entry.name))
    .flatMap((entry) => {
      if (entry.isDirectory())
        return committableFiles(join(folder, entry.name)).map((path) => `${entry.name}/${path}`);
      return entry.isFile() ? [entry.name] : [];
    })
    .toSorted();
}

function isIgnored(name: string): boolean {
  return (
    left.includes(name) ||
    ['screenshots', 'tmp'].includes(name) ||
    /^\.dist-|\.log$|^\.(?:DS_Store|tsbuildinfo)$/.test(name)
  );
}
