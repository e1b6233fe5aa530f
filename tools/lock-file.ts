import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  link?: boolean;
  resolved?: string;
  integrity?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/**
 * What is wrong with the lock file: addresses of downloads (the installer asks the registry it is configured for),
 * packages without a hash, packages that are wanted and not locked (`npm ci` refuses those; a registry that lacks the
 * build for another platform leaves such a hole), and a set-up in which packages may run scripts of their own.
 */
export function lockFileProblems(root: string): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const settings = join(root, '.npmrc');
  const npmrc = existsSync(settings) ? readFileSync(settings, 'utf8') : '';
  return [
    ...Object.entries(packages).flatMap(([path, locked]) => {
      if (!path.includes('node_modules/') || locked.link === true) return [];
      if (/^\w+:/.test(locked.resolved ?? ''))
        return [`package-lock.json holds the download address of ${path}`];
      return locked.integrity === undefined ? [`package-lock.json holds no hash of ${path}`] : [];
    }),
    ...unlocked(packages),
    ...['ignore-scripts=true', 'omit-lockfile-registry-resolved=true']
      .filter((line) => !npmrc.split('\n').includes(line))
      .map((line) => `.npmrc lacks ${line}`),
    ...(/^[^#\n]*(registry=|_auth)/m.test(npmrc) ? ['.npmrc names a registry or a credential'] : []),
  ];
}

function unlocked(packages: Record<string, Locked>): string[] {
  const names = new Set(
    Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
  );
  return Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !names.has(name))
      .map((name) => `package-lock.json lacks ${name}, which ${path === '' ? 'the root' : path} wants`),
  );
}
