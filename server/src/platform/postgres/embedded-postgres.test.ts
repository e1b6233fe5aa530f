import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { Client } from 'pg';
import { directoryWithDatabase, query, runEngine, temporaryDirectory } from '../../../test/data-directory.ts';
import { runStandIn, spawnStandIn } from '../../../test/run-stand-in.ts';
import { testRuntimeParent } from '../../../test/postgres.ts';
import { once } from 'node:events';

const isRoot = process.getuid?.() === 0;

test('a new database has checksums, writes through to the disk, and is reached by a private socket alone', async (t) => {
  const dataDir = await temporaryDirectory(t);
  const { connection } = await runEngine({ dataDir });
  const names = [
    'data_checksums',
    'fsync',
    'full_page_writes',
    'synchronous_commit',
    'listen_addresses',
    'server_encoding',
    'password_encryption',
  ];
  const rows = await query<{ name: string; setting: string }>(
    connection,
    'select name, setting from pg_settings where name = any($1)',
    [names],
  );
  assert.deepEqual(Object.fromEntries(rows.map(({ name, setting }) => [name, setting])), {
    data_checksums: 'on',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    listen_addresses: '',
    server_encoding: 'UTF8',
    password_encryption: 'scram-sha-256',
  });
  const locale = await query(
    connection,
    'select datlocprovider, datlocale, current_database() as name from pg_database where datname = current_database()',
  );
  assert.deepEqual(locale, [{ datlocprovider: 'b', datlocale: 'C.UTF-8', name: 'samtal' }]);
  assert.equal((await stat(connection.host)).mode & 0o777, 0o700);
  assert.equal((await stat(join(dataDir, 'postgres/superuser.password'))).mode & 0o777, 0o600);
  assert.equal((await stat(join(dataDir, 'postgres/cluster'))).mode & 0o777, 0o700);
});

test('refuses a connection without the password', async (t) => {
  const { connection } = await runEngine({ dataDir: await directoryWithDatabase(t) });
  await assert.rejects(query({ ...connection, password: 'guess' }, 'select 1'), { code: '28P01' });
});

test('keeps its content and its password from one start to the next, whatever the cluster’s own files say', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  const first = await runEngine({ dataDir });
  await query(first.connection, 'create table kept as select 42 as value');
  await query(first.connection, 'alter system set fsync = off');
  await query(first.connection, `alter system set log_min_messages = 'debug5'`);
  await first.stop();
  const second = await runEngine({ dataDir });
  assert.deepEqual(second.connection, first.connection);
  assert.deepEqual(await query(second.connection, 'select value from kept'), [{ value: 42 }]);
  assert.deepEqual(await query(second.connection, 'show fsync'), [{ fsync: 'on' }]);
  assert.deepEqual(await query(second.connection, 'show log_min_messages'), [{ log_min_messages: 'log' }]);
});

test('stopping twice is as good as once, and leaves no process', async (t) => {
  const engine = await runEngine({ dataDir: await directoryWithDatabase(t) });
  const { pid } = engine;
  assert.ok(pid !== null);
  await Promise.all([engine.stop(), engine.stop()]);
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  assert.equal(engine.pid, null);
});

test('a kill at any moment of the first start leaves nothing half-made', async (t) => {
  for (const afterMs of [100, 250, 400, 550, 700]) {
    const dataDir = await temporaryDirectory(t);
    const child = spawnStandIn({ dataDir, runtimeParent: testRuntimeParent });
    await sleep(afterMs);
    child.kill('SIGKILL');
    await once(child, 'close');
    const engine = await runEngine({ dataDir });
    assert.deepEqual(await query(engine.connection, 'show data_checksums'), [{ data_checksums: 'on' }]);
    await engine.stop();
    const left = (await readdir(join(dataDir, 'postgres'))).filter(
      (name) => name.includes('.new') || name === 'initdb.password',
    );
    assert.deepEqual(left, []);
  }
});

test('the log holds no value that anyone wrote, neither from a failing statement nor from a backend that crashed', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  const engine = await runEngine({ dataDir });
  const marker = 'marker-7c1f-anna';
  await query(engine.connection, 'create table person (name text primary key check (length(name) < 30))');
  await query(engine.connection, 'insert into person values ($1)', [marker]);
  await assert.rejects(query(engine.connection, 'insert into person values ($1)', [marker]), {
    code: '23505',
  });
  await assert.rejects(query(engine.connection, 'insert into person values ($1)', [marker.repeat(3)]), {
    code: '23514',
  });
  await assert.rejects(query(engine.connection, 'select $1::uuid', [marker]), { code: '22P02' });
  await assert.rejects(query(engine.connection, `select '${marker}'::int`), { code: '22P02' });
  await assert.rejects(query(engine.connection, `selekt '${marker}'`), { code: '42601' });
  await query(
    engine.connection,
    `do $$ begin raise warning '${marker}'; raise log 'logged-by-statement'; end $$`,
  );
  const running = query(engine.connection, `select pg_sleep(60), '${marker}'`);
  const sleeper = `select pid from pg_stat_activity where query like 'select pg_sleep(60)%'`;
  let pid: number | undefined;
  // NOTE: process 0 would be every process of this test run.
  while (pid === undefined) pid = (await query<{ pid: number }>(engine.connection, sleeper))[0]?.pid;
  process.kill(pid, 'SIGKILL');
  await assert.rejects(running);
  // NOTE: told to stop in the middle of its recovery, PostgreSQL does not listen for a minute.
  for (let isUp = false; !isUp; await sleep(50))
    isUp = await query(engine.connection, 'select 1').then(
      () => true,
      () => false,
    );
  await engine.stop();
  const log = await allText(join(dataDir, 'postgres/log'));
  // The crash itself is told of, so the log is not silent for another reason.
  assert.match(log, /terminated by signal 9/);
  assert.ok(!log.includes('marker-7c1f'), log);
  assert.ok(!(await readFile(join(dataDir, 'postgres/startup.log'), 'utf8')).includes('marker-7c1f'));
});

test('the database’s logs of last week go when it starts', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  await (await runEngine({ dataDir })).stop();
  const logDir = join(dataDir, 'postgres/log');
  // Not today's file: the logging process may still have a last line for it when the database has stopped.
  const old = join(logDir, 'another-weekday.log');
  await writeFile(old, 'from last week\n');
  const longAgo = new Date(Date.now() - 7 * 24 * 60 * 60 * 1000);
  await utimes(old, longAgo, longAgo);
  await (await runEngine({ dataDir })).stop();
  assert.ok(!(await allText(logDir)).includes('from last week'));
});

test('a data directory with a path too long for a socket works, by a private directory elsewhere', async (t) => {
  const parent = await temporaryDirectory(t);
  const dataDir = join(parent, 'a-directory-with-a-long-name-å'.repeat(4), 'x'.repeat(60));
  const engine = await runEngine({ dataDir });
  t.after(() => rm(engine.connection.host, { recursive: true, force: true }));
  assert.ok(!engine.connection.host.startsWith(parent));
  assert.ok(engine.connection.host.length < 90);
  assert.equal((await stat(engine.connection.host)).mode & 0o777, 0o700);
  assert.deepEqual(await query(engine.connection, 'select 1 as one'), [{ one: 1 }]);
  await engine.stop();
});

test('a data directory that is a symbolic link works', async (t) => {
  const parent = await temporaryDirectory(t);
  await mkdir(join(parent, 'real'));
  await symlink(join(parent, 'real'), join(parent, 'link'));
  const engine = await runEngine({ dataDir: join(parent, 'link') });
  assert.deepEqual(await query(engine.connection, 'select 1 as one'), [{ one: 1 }]);
  await engine.stop();
});

test('refuses a cluster that another version of PostgreSQL made, and says so', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  await writeFile(join(dataDir, 'postgres/cluster/PG_VERSION'), '17\n');
  await assert.rejects(runEngine({ dataDir }), {
    code: 'postgres-other-version',
    message: /was made by PostgreSQL 17, and this version of samtal runs 18/,
  });
});

test('says what PostgreSQL wrote to its log when it does not start', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  const wal = join(dataDir, 'postgres/cluster/pg_wal');
  for (const name of await readdir(wal)) if (/^[0-9A-F]{24}$/.test(name)) await rm(join(wal, name));
  await assert.rejects(runEngine({ dataDir }), {
    code: 'postgres-start-failed',
    message: /PANIC: .*could not locate a valid checkpoint record/,
  });
});

test('says what PostgreSQL said when it does not start', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  await writeFile(join(dataDir, 'postgres/cluster/postgresql.conf'), 'no_such_setting = on\n');
  await assert.rejects(runEngine({ dataDir }), {
    code: 'postgres-start-failed',
    message: /unrecognized configuration parameter "no_such_setting"/,
  });
});

if (isRoot) {
  test('as root, works below a directory that the database’s user may not enter', async (t) => {
    const closed = await temporaryDirectory(t);
    assert.equal((await stat(closed)).mode & 0o777, 0o700);
    const standIn = await runStandIn({ dataDir: join(closed, 'data') });
    const { uid } = await stat(`/proc/${standIn.postmasterPid}`);
    assert.notEqual(uid, 0);
    assert.deepEqual(await query(standIn.connection, 'select 1 as one'), [{ one: 1 }]);
    await standIn.end('SIGTERM');
    // The programs lie where that user can reach them, and only root can write.
    const shared = await stat(testRuntimeParent);
    assert.deepEqual([shared.uid, shared.mode & 0o777], [0, 0o755]);
  });

  test('as root, keeps the programs in the data directory when the database’s user can enter it', async (t) => {
    const dataDir = await temporaryDirectory(t);
    await chmod(dataDir, 0o711);
    const standIn = await runStandIn({ dataDir });
    await standIn.end('SIGTERM');
    const names = await readdir(join(dataDir, 'postgres'));
    assert.ok(names.some((name) => name.startsWith('runtime-18.')));
  });

  test('as root, goes on as the owner of a database that an ordinary user made', async (t) => {
    const dataDir = await directoryWithDatabase(t);
    await (await runEngine({ dataDir })).stop();
    for (const part of ['cluster', 'log', 'socket']) await chownAll(join(dataDir, 'postgres', part), 65_534);
    const engine = await runEngine({ dataDir });
    assert.equal((await stat(`/proc/${engine.pid}`)).uid, 65_534);
    await engine.stop();
  });

  test('as root, refuses a database that belongs to root, and says what to do', async (t) => {
    const dataDir = await temporaryDirectory(t);
    await mkdir(join(dataDir, 'postgres/cluster'), { recursive: true });
    await assert.rejects(runEngine({ dataDir }), { code: 'postgres-root-cluster', message: /chown -R/ });
  });

  test('refuses a directory for the socket that somebody else has made', async (t) => {
    const parent = await temporaryDirectory(t);
    const dataDir = join(parent, 'y'.repeat(100));
    const name = `samtal-${createHash('sha256').update(join(dataDir, 'postgres')).digest('hex').slice(0, 16)}`;
    const taken = join(tmpdir(), name);
    await mkdir(taken);
    t.after(() => rm(taken, { recursive: true }));
    await chown(taken, 12_345, 12_345);
    await assert.rejects(runEngine({ dataDir }), {
      code: 'postgres-directory-taken',
      message: /belongs to 12345/,
    });
  });
}

test('two clusters do not disturb each other', async (t) => {
  const [one, two] = await Promise.all([
    directoryWithDatabase(t).then((dataDir) => runEngine({ dataDir })),
    directoryWithDatabase(t).then((dataDir) => runEngine({ dataDir })),
  ]);
  const client = new Client(one.connection);
  await client.connect();
  await two.stop();
  assert.equal((await client.query('select 1 as one')).rowCount, 1);
  await client.end();
});

async function allText(directory: string): Promise<string> {
  const names = await readdir(directory);
  return (await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))).join('\n');
}

async function chownAll(directory: string, uid: number): Promise<void> {
  const entries = await readdir(directory, { recursive: true });
  for (const entry of ['.', ...entries]) await chown(join(directory, entry), uid, uid);
}
