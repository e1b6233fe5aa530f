import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { directoryWithDatabase, query, runEngine } from '../../../test/data-directory.ts';
import { runStandIn } from '../../../test/run-stand-in.ts';
import { testRuntimeParent } from '../../../test/postgres.ts';
import { findRunningPostgres } from './embedded-postgres.ts';

test('finds the database of a running server, and none when no server runs', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  assert.equal(await findRunningPostgres(join(dataDir, 'missing')), null);
  assert.equal(await findRunningPostgres(dataDir), null);
  const server = await runStandIn({ dataDir, runtimeParent: testRuntimeParent });
  const found = await findRunningPostgres(dataDir);
  assert.deepEqual(found, server.connection);
  assert.ok(found !== null);
  assert.deepEqual(await query(found, 'select 1 as one'), [{ one: 1 }]);
  await assert.rejects(runEngine({ dataDir }), { code: 'data-directory-in-use' });
  await server.end('SIGTERM');
  assert.equal(await findRunningPostgres(dataDir), null);
});

test('does not find the database that a killed server left, since the next start stops it', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  const server = await runStandIn({ dataDir, runtimeParent: testRuntimeParent });
  await server.end('SIGKILL');
  assert.equal(await findRunningPostgres(dataDir), null);
});

test('a command that starts the database itself gives the data directory back', async (t) => {
  const dataDir = await directoryWithDatabase(t);
  const engine = await runEngine({ dataDir });
  assert.deepEqual(await findRunningPostgres(dataDir), engine.connection);
  await engine.stop();
  await (await runEngine({ dataDir })).stop();
});
