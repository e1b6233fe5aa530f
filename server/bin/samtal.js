#!/usr/bin/env node
// Runs the server under the Node it was made for, whichever Node started this file (20 or later).
// Plain JavaScript, since an older Node cannot read the rest.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The first version with Argon2 in node:crypto. */
const [neededMajor, neededMinor] = [24, 7];
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
/** Where Node keeps what it has compiled, so that the next start is quicker. It does without where it may not write. */
const compiled = fileURLToPath(new URL('../../node_modules/.cache/samtal-compiled', import.meta.url));
const env = { NODE_COMPILE_CACHE: compiled, ...process.env };

const node = isNewEnough(process.versions.node) ? process.execPath : pinnedNode();
if (node === null) {
  process.stderr.write(
    `samtal needs Node ${neededMajor}.${neededMinor} or later; this is Node ${process.versions.node}, and the one that npm install ` +
      `brings for ${process.platform} on ${process.arch} is not there.\n` +
      'Run npm install without --omit=optional, or start samtal with a newer Node (https://nodejs.org).\n',
  );
  process.exitCode = 1;
} else {
  become(node, [...process.execArgv, main, ...process.argv.slice(2)]);
}

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

/** The Node that npm has installed as an optional dependency, or null. */
function pinnedNode() {
  const isWindows = process.platform === 'win32';
  const system = isWindows ? 'win' : process.platform;
  const program = isWindows ? 'bin/node.exe' : 'bin/node';
  try {
    return createRequire(import.meta.url).resolve(`node-${system}-${process.arch}/${program}`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/**
 * Turns this process into the other program where the system can; else runs it and stands in for it.
 * @param {string} program
 * @param {string[]} args
 */
function become(program, args) {
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(program, [program, ...args], env);
  }
  const child = spawn(program, args, { env, stdio: 'inherit' });
  // A terminal sends Ctrl-C and its hang-up to both; passing them on would deliver them twice.
  const hasTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGHUP'])) {
    const isSentToBoth = hasTerminal && signal !== 'SIGTERM';
    process.on(signal, () => {
      if (!isSentToBoth) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`samtal cannot run ${program}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    // Ends as the child did, or, for a signal that does not end Node, as a shell would tell of it.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    process.exitCode = 128 + constants.signals[signal];
  });
}
