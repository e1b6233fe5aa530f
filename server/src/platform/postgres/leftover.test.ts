import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { directoryWithDatabase, query, runEngine } from '../../../test/data-directory.ts';
import { runStandIn, type StandIn } from '../../../test/run-stand-in.ts';
import { testRuntimeParent } from '../../../test/postgres.ts';
import { isTaken, processesOf, processStart, waitUntil } from './processes.ts';
import { socketPath } from './socket-directory.ts';

async function standInWith(dataDir: string, row: number): Promise<StandIn> {
  const standIn = await runStandIn({ dataDir, runtimeParent: testRuntimeParent });
  await query(standIn.connection, `create table kept as select ${row} as value`);
  return standIn;
}

test('a database that a killed server left running is stopped, and ours started on what it wrote', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  const killed = await standInWith(dataDir, 1);
  await killed.end('SIGKILL');
  assert.deepEqual(
    await query(killed.connection, 'select value from kept'),
    [{ value: 1 }],
    'was left running',
  );
  const engine = await runEngine({ dataDir });
  assert.notEqual(engine.pid, killed.postmasterPid);
  assert.equal(await processStart(killed.postmasterPid), null);
  assert.deepEqual(await query(engine.connection, 'select value from kept'), [{ value: 1 }]);
});

test('starts after server and database were both killed', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  const killed = await standInWith(dataDir, 2);
  await killed.end('SIGKILL');
  process.kill(killed.postmasterPid, 'SIGKILL');
  const engine = await runEngine({ dataDir });
  assert.deepEqual(await query(engine.connection, 'select value from kept'), [{ value: 2 }]);
});

test('starts although another program has the process id that the database had', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  const killed = await standInWith(dataDir, 3);
  await killed.end('SIGKILL');
  process.kill(killed.postmasterPid, 'SIGKILL');
  const cluster = join(dataDir, 'postgres/cluster');
  assert.ok(await waitUntil(async () => (await processesOf(cluster)).length === 0, 10_000));
  // PostgreSQL would believe this one to be its own, for it has the same user.
  const { uid, gid } = await stat(cluster);
  const other = spawn('sleep', ['60'], { uid, gid });
  t.after(() => other.kill());
  const file = join(cluster, 'postmaster.pid');
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [String(other.pid), ...lines.slice(1)].join('\n'));
  const engine = await runEngine({ dataDir });
  assert.deepEqual(await query(engine.connection, 'select value from kept'), [{ value: 3 }]);
  assert.ok(isTaken(other.pid ?? 0), 'the other program was left alone');
});

test('refuses a database whose socket answers although its process is not to be seen, as from another container', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  const first = await runEngine({ dataDir });
  const { host } = first.connection;
  await first.stop();
  const elsewhere = createServer().listen(socketPath(host));
  await once(elsewhere, 'listening');
  await writeFile(
    join(dataDir, 'postgres/cluster/postmaster.pid'),
    `4194303\n/x\n1\n5432\n../socket\n\n 1 2\nready   \n`,
  );
  await assert.rejects(runEngine({ dataDir }), { code: 'postgres-used-elsewhere' });
  elsewhere.close();
});

test('an unreadable postmaster.pid does not stop the start', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  await (await runEngine({ dataDir })).stop();
  await writeFile(join(dataDir, 'postgres/cluster/postmaster.pid'), '');
  const engine = await runEngine({ dataDir });
  assert.deepEqual(await query(engine.connection, 'select 1 as one'), [{ one: 1 }]);
});
