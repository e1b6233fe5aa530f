import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { directoryWithDatabase, query, runEngine } from '../../../test/data-directory.ts';
import { runStandIn } from '../../../test/run-stand-in.ts';
import { testRuntimeParent } from '../../../test/postgres.ts';
import { processesOf, processStart, waitUntil, type Exit } from './processes.ts';
import { join } from 'node:path';
import { rename } from 'node:fs/promises';

interface Watched {
  readonly exits: Exit[];
  restarts: number;
  readonly onExit: (exit: Exit) => void;
  readonly onRestart: () => void;
}

function watched(): Watched {
  const seen: Watched = {
    exits: [],
    restarts: 0,
    onExit: (exit) => void seen.exits.push(exit),
    onRestart: () => {
      seen.restarts += 1;
    },
  };
  return seen;
}

test('a postmaster that is killed is started again, and what was committed is there', async (t) => {
  const seen = watched();
  const engine = await runEngine({ dataDir: await directoryWithDatabase(t), ...seen });
  await query(engine.connection, 'create table committed (n int)');
  const pids = [engine.pid];
  for (const n of [1, 2, 3]) {
    await query(engine.connection, 'insert into committed values ($1)', [n]);
    process.kill(engine.pid ?? 0, 'SIGKILL');
    assert.ok(await waitUntil(async () => Promise.resolve(seen.restarts === n), 20_000), 'is not back');
    pids.push(engine.pid);
  }
  assert.deepEqual(await query(engine.connection, 'select n from committed order by n'), [
    { n: 1 },
    { n: 2 },
    { n: 3 },
  ]);
  assert.deepEqual(
    seen.exits,
    Array.from({ length: 3 }, () => ({ code: null, signal: 'SIGKILL' })),
  );
  assert.equal(new Set(pids).size, 4);
});

test('a backend that goes on computing after its postmaster was killed does not keep the database down', async (t) => {
  const seen = watched();
  const dataDir = await directoryWithDatabase(t);
  const engine = await runEngine({ dataDir, ...seen });
  // Computes without ever waiting, so that it does not notice.
  const busy = assert.rejects(
    query(engine.connection, 'select count(*) from generate_series(1, 3000000000) as n where n % 7 = 8'),
  );
  await sleep(300);
  process.kill(engine.pid ?? 0, 'SIGKILL');
  assert.ok(await waitUntil(async () => Promise.resolve(seen.restarts === 1), 20_000), 'is not back');
  await busy;
  assert.deepEqual(await query(engine.connection, 'select 1 as one'), [{ one: 1 }]);
});

test('stopping while the database is being started again leaves nothing running', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  const seen = watched();
  const engine = await runEngine({ dataDir, ...seen });
  const exited = new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (seen.exits.length === 0) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  process.kill(engine.pid ?? 0, 'SIGKILL');
  await exited;
  await engine.stop();
  assert.deepEqual(await processesOf(join(dataDir, 'postgres/cluster')), []);
  assert.equal(engine.pid, null);
});

test('goes on trying while the database cannot be started, and can be stopped meanwhile', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  const seen = watched();
  const engine = await runEngine({ dataDir, ...seen });
  const control = join(dataDir, 'postgres/cluster/global/pg_control');
  await rename(control, `${control}.away`);
  process.kill(engine.pid ?? 0, 'SIGKILL');
  await sleep(1_500);
  assert.deepEqual([seen.exits.length, seen.restarts], [1, 0]);
  await rename(`${control}.away`, control);
  assert.ok(await waitUntil(async () => Promise.resolve(seen.restarts === 1), 20_000), 'is not back');
  await rename(control, `${control}.away`);
  process.kill(engine.pid ?? 0, 'SIGKILL');
  await sleep(500);
  await engine.stop();
  // Whoever went on trying would bring it back now.
  await rename(`${control}.away`, control);
  await sleep(1_500);
  assert.equal(seen.restarts, 1);
  assert.deepEqual(await processesOf(join(dataDir, 'postgres/cluster')), []);
});

test('Ctrl-C in the terminal of the server does not reach the database', async (t) => {
  const standIn = await runStandIn({
    dataDir: await directoryWithDatabase(t),
    runtimeParent: testRuntimeParent,
  });
  // What a terminal does: the signal goes to every process of the foreground group.
  process.kill(-(standIn.process.pid ?? 0), 'SIGINT');
  await sleep(500);
  assert.deepEqual(await query(standIn.connection, 'select 1 as one'), [{ one: 1 }]);
  await standIn.end('SIGTERM');
});

test('a server that fails without stopping its database takes it along', async (t) => {
  const standIn = await runStandIn({
    dataDir: await directoryWithDatabase(t),
    runtimeParent: testRuntimeParent,
  });
  await standIn.end('SIGHUP');
  const hasEnded = async (): Promise<boolean> => (await processStart(standIn.postmasterPid)) === null;
  assert.ok(await waitUntil(hasEnded, 20_000));
});
