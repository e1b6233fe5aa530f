import assert from 'node:assert/strict';
import { chmod, chown, mkdir, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { copyCheckout } from '../../../test/copied-checkout.ts';
import { query, runEngine, temporaryDirectory } from '../../../test/data-directory.ts';
import { runStandIn } from '../../../test/run-stand-in.ts';

const isRoot = process.getuid?.() === 0;
/** `nobody`, on Linux and in containers. */
const ordinaryUser = { uid: 65_534, gid: 65_534 };

test('the programs are copied once, without what only building needs', async (t) => {
  const dataDir = await temporaryDirectory(t);
  await chmod(dataDir, 0o711);
  const runtimeParent = join(dataDir, 'programs');
  await (await runEngine({ dataDir, runtimeParent })).stop();
  const [name = ''] = await readdir(runtimeParent);
  const home = join(runtimeParent, name);
  const files = await readdir(home, { recursive: true });
  assert.deepEqual(
    files.filter((file) => file.endsWith('.a') || file.includes('pgxs')),
    [],
  );
  const made = (await stat(join(home, 'bin/postgres'))).ctimeMs;
  await (await runEngine({ dataDir, runtimeParent })).stop();
  assert.equal((await stat(join(home, 'bin/postgres'))).ctimeMs, made);
});

test('a copy that lacks a file, or has it in another size, is made anew', async (t) => {
  const dataDir = await temporaryDirectory(t);
  await chmod(dataDir, 0o711);
  const runtimeParent = join(dataDir, 'programs');
  await (await runEngine({ dataDir, runtimeParent })).stop();
  const [name = ''] = await readdir(runtimeParent);
  const library = join(runtimeParent, name, 'lib/postgresql/plpgsql.so');
  for (const damage of [() => rm(library), () => truncate(library, 10)]) {
    await damage();
    const engine = await runEngine({ dataDir, runtimeParent });
    await query(engine.connection, 'do $$ begin perform 1; end $$');
    await engine.stop();
  }
  assert.deepEqual(await readdir(runtimeParent), [name]);
});

test('copies of other versions go, and so does what a killed start left', async (t) => {
  const dataDir = await temporaryDirectory(t);
  await chmod(dataDir, 0o711);
  for (const name of ['runtime-17.0.0', 'runtime-18.4.0.new-x']) {
    await mkdir(join(dataDir, 'postgres', name), { recursive: true });
  }
  await chmod(join(dataDir, 'postgres'), 0o711);
  const standIn = await runStandIn({ dataDir });
  await standIn.end('SIGTERM');
  const left = (await readdir(join(dataDir, 'postgres'))).filter((name) => name.startsWith('runtime-'));
  assert.equal(left.length, 1);
  assert.doesNotMatch(String(left[0]), /^runtime-17|new/);
});

if (isRoot) {
  test('as root, works from a checkout that the database’s user cannot read', async (t) => {
    const closed = await temporaryDirectory(t);
    const { node, program } = await copyCheckout(closed);
    assert.equal((await stat(closed)).mode & 0o777, 0o700);
    const dataDir = await temporaryDirectory(t);
    for (const place of [dataDir, join(closed, 'data')]) {
      const standIn = await runStandIn({ dataDir: place, node, program, cwd: closed });
      assert.notEqual((await stat(`/proc/${standIn.postmasterPid}`)).uid, 0);
      assert.deepEqual(await query(standIn.connection, 'select 1 as one'), [{ one: 1 }]);
      await standIn.end('SIGTERM');
    }
  });

  test('works as an ordinary user, and refuses that user a database of another', async (t) => {
    const open = await temporaryDirectory(t);
    await chmod(open, 0o755);
    const { node, program } = await copyCheckout(open);
    const dataDir = join(open, 'data');
    await mkdir(dataDir);
    await chown(dataDir, ordinaryUser.uid, ordinaryUser.gid);
    const options = { dataDir, node, program, cwd: '/', user: ordinaryUser };
    for (const how of ['first', 'second']) {
      const standIn = await runStandIn(options);
      assert.equal((await stat(`/proc/${standIn.postmasterPid}`)).uid, ordinaryUser.uid, how);
      assert.deepEqual(await query(standIn.connection, 'select 1 as one'), [{ one: 1 }]);
      await standIn.end(how === 'first' ? 'SIGKILL' : 'SIGTERM');
    }
    assert.equal((await readFile(join(dataDir, 'postgres/superuser.password'), 'utf8')).length, 44);
    await chown(join(dataDir, 'postgres/cluster'), 12_345, 12_345);
    await assert.rejects(runStandIn(options), /belongs to the user with id 12345, but samtal runs as 65534/);
  });

  test('says what is missing when the user has no name in this system', async (t) => {
    const open = await temporaryDirectory(t);
    await chmod(open, 0o755);
    const { node, program } = await copyCheckout(open);
    const user = { uid: 61_234, gid: 61_234 };
    const dataDir = join(open, 'data');
    await mkdir(dataDir);
    await chown(dataDir, user.uid, user.gid);
    await assert.rejects(
      runStandIn({ dataDir, node, program, cwd: '/', user }),
      /needs an entry in \/etc\/passwd/,
    );
  });
}
