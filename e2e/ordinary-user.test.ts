import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmod, chown, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const repository = join(import.meta.dirname, '..');
/** `nobody`, on every system that we know. Only root can become another user. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Packages that only building and testing need; they are most of what is installed. */
const leftOut =
  /^(\.git|data)$|^node_modules\/(@mantine|@oxlint|@rolldown|@sparticuz|@tabler|playwright-core|typescript)/;

/** The checkout, or, where it lies in a folder that `nobody` may not enter, a copy of what runs. */
async function readableCheckout(t: TestContext): Promise<string> {
  const reading = `require('node:fs').accessSync(${JSON.stringify(join(repository, 'server/src/main.ts'))})`;
  if (spawnSync(process.execPath, ['-e', reading], nobody).status === 0) return repository;
  const copy = await mkdtemp(join(tmpdir(), 'samtal-checkout-'));
  t.after(async () => await rm(copy, { recursive: true, force: true }));
  await chmod(copy, 0o755);
  const filter = (path: string) => !leftOut.test(relative(repository, path));
  await cp(repository, copy, { recursive: true, verbatimSymlinks: true, filter });
  // A checkout made under a strict umask is unreadable in every file of it.
  spawnSync('chmod', ['-R', 'a+rX', copy]);
  return copy;
}

function startPlatform(
  checkout: string,
  dataDir: string,
  port: number,
): { child: ChildProcess; said: () => string } {
  const node = join(checkout, relative(repository, process.execPath));
  const child = spawn(node, [join(checkout, 'server/src/main.ts'), 'start'], {
    ...nobody,
    cwd: dataDir,
    env: {
      PATH: process.env['PATH'],
      SAMTAL_DATA_DIR: dataDir,
      SAMTAL_PORT: String(port),
      SAMTAL_SFTP_PORT: 'off',
    },
  });
  let said = '';
  child.stdout.on('data', (text) => (said += String(text)));
  child.stderr.on('data', (text) => (said += String(text)));
  return { child, said: () => said };
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

test('the platform starts, serves and stops as an ordinary user with a data directory of its own', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'samtal-ordinary-'));
  t.after(async () => await rm(dataDir, { recursive: true, force: true }));
  await chmod(dataDir, 0o700);
  if (nobody.uid !== undefined) await chown(dataDir, nobody.uid, nobody.gid);
  const port = await freePort();
  const { child, said } = startPlatform(await readableCheckout(t), dataDir, port);
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  t.after(() => child.kill('SIGKILL'));

  const deadline = Date.now() + 60_000;
  while (!(await isReady(port))) {
    assert.ok(child.exitCode === null && Date.now() < deadline, `It did not get ready:\n${said()}`);
    await sleep(200);
  }

  child.kill('SIGTERM');
  assert.equal(await ended, 0, said());
  assert.equal(await isReady(port), false);
});
