import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** Listens for signals, tells what it was started with, then waits to be told how to end. */
const program = `
process.on('SIGTERM', () => { console.log('terminated'); process.exit(7); });
process.on('SIGHUP', () => process.kill(process.pid, 'SIGKILL'));
console.log(JSON.stringify({ args: process.argv.slice(2), version: process.versions.node, execPath: process.execPath }));
if (process.argv[2] === 'wait') setInterval(() => undefined, 1000);
else process.exitCode = 3;
`;

/** Makes the running Node look like an old one to the launcher alone: the program it runs gets no such preload. */
const disguise = `
if (process.argv[1]?.endsWith('samtal.js')) {
  Object.defineProperty(process.versions, 'node', { value: '20.9.0' });
  process.execve = undefined;
  process.execArgv.length = 0;
}
`;

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samtal-launcher-'));
  for (const part of ['server/bin', 'server/src', 'node_modules'])
    await mkdir(join(folder, part), { recursive: true });
  await copyFile(join(checkout, 'server/bin/samtal.js'), join(folder, 'server/bin/samtal.js'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'server/src/main.ts'), program);
  await writeFile(join(folder, 'disguise.cjs'), disguise);
});
after(() => rm(folder, { recursive: true, force: true }));

function launch(args: string[], { asOldNode = false } = {}): ChildProcess {
  const preload = asOldNode ? ['--require', join(folder, 'disguise.cjs')] : [];
  return spawn(process.execPath, [...preload, join(folder, 'server/bin/samtal.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function ended(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; out: string; err: string }> {
  const text = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (part: string) => (text.out += part));
  child.stderr?.setEncoding('utf8').on('data', (part: string) => (text.err += part));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, ...text };
}

/** Brings or takes away the packages that hold the pinned Node. */
async function usePinnedNode(isThere: boolean): Promise<void> {
  const names = (await readdir(join(checkout, 'node_modules'))).filter((name) =>
    /^node-(?:linux|win|darwin)-/.test(name),
  );
  for (const name of names) {
    await rm(join(folder, 'node_modules', name), { force: true });
    if (isThere) await symlink(join(checkout, 'node_modules', name), join(folder, 'node_modules', name));
  }
}

test('a new enough Node becomes the server itself, with the arguments as given', async () => {
  const child = launch(['users', 'add', '--name', 'a b']);
  const { code, out, err } = await ended(child);
  assert.deepEqual([code, err], [3, '']);
  assert.deepEqual(JSON.parse(out), {
    args: ['users', 'add', '--name', 'a b'],
    version: process.versions.node,
    execPath: process.execPath,
  });
});

test('an older Node runs the server under the pinned one and ends with its exit code', async () => {
  await usePinnedNode(true);
  const { code, out, err } = await ended(launch(['--help'], { asOldNode: true }));
  assert.deepEqual([code, err], [3, '']);
  const { args, execPath } = JSON.parse(out) as { args: string[]; execPath: string };
  assert.deepEqual(args, ['--help']);
  assert.match(execPath, /node-\w+-\w+\/bin\/node$/);
});

test('an older Node without the pinned one says what to do', async () => {
  await usePinnedNode(false);
  const { code, out, err } = await ended(launch(['--help'], { asOldNode: true }));
  assert.deepEqual([code, out], [1, '']);
  assert.match(
    err,
    /^samtal needs Node 24\.7 or later; this is Node 20\.9\.0, .*\nRun npm install without --omit=optional/,
  );
});

for (const asOldNode of [false, true]) {
  const how = asOldNode ? 'through the launcher' : 'directly';
  test(`a signal reaches the server ${how}, which decides how to end`, async () => {
    await usePinnedNode(true);
    const child = launch(['wait'], { asOldNode });
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    const { code, out } = await ended(child);
    assert.equal(code, 7);
    assert.match(out, /terminated/);
  });

  test(`a server that is killed counts as killed ${how}`, async () => {
    await usePinnedNode(true);
    const child = launch(['wait'], { asOldNode });
    child.stdout?.once('data', () => child.kill('SIGHUP'));
    assert.equal((await ended(child)).signal, 'SIGKILL');
  });
}
