import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryDirectory } from '../../../test/data-directory.ts';
import { dataDirectoryHolder, lockDataDirectory } from './data-directory-lock.ts';

/** Takes the lock in a process of its own; says `taken` or the code of the refusal, and stays. */
const program = `
import { lockDataDirectory } from ${JSON.stringify(new URL('./data-directory-lock.ts', import.meta.url).href)};
setInterval(() => undefined, 1000);
try {
  await lockDataDirectory(process.argv[1]);
  console.log('taken');
} catch (error) {
  console.log(error.code);
}
`;

async function holder(dataDir: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, said };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.signalCode === null) await once(child, 'exit');
}

test('refuses a data directory that another samtal uses, and names its process', async (t) => {
  const dataDir = await temporaryDirectory(t);
  const { child } = await holder(dataDir);
  t.after(() => kill(child));
  assert.equal(await dataDirectoryHolder(dataDir), child.pid);
  await assert.rejects(lockDataDirectory(dataDir), {
    code: 'data-directory-in-use',
    message: `another samtal is using this data directory (process ${child.pid})`,
  });
});

test('refuses a second lock by the same process', async (t) => {
  const dataDir = await temporaryDirectory(t);
  const lock = await lockDataDirectory(dataDir);
  await assert.rejects(lockDataDirectory(dataDir), { code: 'data-directory-in-use' });
  await lock.release();
});

test('takes over from a process that was killed', async (t) => {
  const dataDir = await temporaryDirectory(t);
  const { child } = await holder(dataDir);
  await kill(child);
  assert.equal(await dataDirectoryHolder(dataDir), null);
  await (await lockDataDirectory(dataDir)).release();
});

test('takes over when the holder’s process id belongs to a later process', async (t) => {
  const dataDir = await temporaryDirectory(t);
  const lock = await lockDataDirectory(dataDir);
  const file = join(dataDir, 'server.lock');
  const text = await readFile(file, 'utf8');
  await lock.release();
  await writeFile(file, text.replace(/"start":".*"/, '"start":"an earlier boot:1"'));
  await (await lockDataDirectory(dataDir)).release();
});

test('takes over a lock that makes no sense', async (t) => {
  for (const text of ['', '{"pid":1', 'null', '{"pid":-1,"start":"x"}']) {
    const dataDir = await temporaryDirectory(t);
    await writeFile(join(dataDir, 'server.lock'), text);
    await (await lockDataDirectory(dataDir)).release();
  }
});

test('of many that find a dead holder at once, one gets the lock', async (t) => {
  const dataDir = await temporaryDirectory(t);
  const { child } = await holder(dataDir);
  await kill(child);
  const holders = await Promise.all(Array.from({ length: 8 }, () => holder(dataDir)));
  t.after(() => Promise.all(holders.map(({ child }) => kill(child))));
  const said = holders.map(({ said }) => said).toSorted();
  assert.deepEqual(said, [...Array.from({ length: 7 }, () => 'data-directory-in-use'), 'taken']);
});

test('leaves nothing behind when released, makes a missing directory, and knows it by any path', async (t) => {
  const parent = await temporaryDirectory(t);
  const dataDir = join(parent, 'not/yet');
  const lock = await lockDataDirectory(dataDir);
  await mkdir(join(parent, 'other'));
  await assert.rejects(lockDataDirectory(join(parent, 'other/../not/yet')), {
    code: 'data-directory-in-use',
  });
  assert.deepEqual(await readdir(dataDir), ['server.lock']);
  await lock.release();
  await lock.release();
  assert.deepEqual(await readdir(dataDir), []);
});
