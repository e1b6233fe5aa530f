import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { filesBelow, root } from './files.ts';

/** A package that the browser gets in built form. Its build program is told the folder to write to. */
interface Built {
  readonly folder: string;
  /** Arguments for Node. */
  readonly command: (output: string) => string[];
}

const packages: readonly Built[] = [
  {
    folder: 'console',
    command: (output) => [
      join(root, 'node_modules/vite/bin/vite.js'),
      'build',
      '--outDir',
      output,
      '--logLevel',
      'warn',
    ],
  },
  { folder: 'widget', command: (output) => ['build.ts', output] },
];

/** Holds the fingerprint of what a `dist` was built from. */
const stamp = '.built-from';

/** A hash over everything that decides what comes out: sources, configuration, the contract, and the packages locked. */
export function fingerprint(folder: string, base = root): string {
  const hash = createHash('sha256');
  const inputs = [
    ...filesBelow(base, `${folder}/{src,public}/**/*`, `${folder}/*.{ts,json,html,css}`),
    ...filesBelow(base, 'contract/{src,text}/**/*.{ts,json}', 'package-lock.json', 'tsconfig.base.json'),
  ];
  for (const path of inputs) {
    const file = join(base, path);
    if (!path.includes('.test.') && statSync(file).isFile())
      hash.update(`${path}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function builtFrom(folder: string): string | null {
  const path = join(root, folder, 'dist', stamp);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** Builds beside `dist` and then puts the result in its place, so that nobody ever sees half a build. */
async function build({ folder, command }: Built, print: string): Promise<void> {
  const start = performance.now();
  const output = join(root, folder, `.dist-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await run(command(output), join(root, folder));
    writeFileSync(join(output, stamp), print);
    replace(join(root, folder, 'dist'), output);
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
  console.log(`built ${folder} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function run(args: string[], cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${args.join(' ')} ended with ${code}`)),
    );
  });
}

/**
 * Puts `fresh` in the place of `dist`. Another process may do the same at the same time: whoever finds the place
 * taken moves what stands there out of the way and tries again, and both results are whole.
 */
export function replace(dist: string, fresh: string): void {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const old = `${fresh}-old-${attempt}`;
    moveIfThere(dist, old);
    const done = moveIfFree(fresh, dist);
    rmSync(old, { recursive: true, force: true });
    if (done) return;
  }
  throw new Error(`could not replace ${dist}: other processes keep doing so`);
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function moveIfFree(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error))) return false;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Folders that a build left behind because it was killed. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(join(root, folder))) {
    const pid = /^\.dist-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(root, folder, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Builds the packages whose inputs have changed since they were built, or all of them. */
export async function buildPackages({ onlyStale }: { onlyStale: boolean }): Promise<void> {
  for (const built of packages) {
    const print = fingerprint(built.folder);
    if (onlyStale && builtFrom(built.folder) === print) continue;
    removeLeftovers(built.folder);
    await build(built, print);
  }
}

if (import.meta.main) await buildPackages({ onlyStale: process.argv.includes('--if-stale') });
