import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PgBoss } from 'pg-boss';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog } from '../../../test/node.ts';
import { eventually } from '../../../test/socket.ts';
import { externalAccess, runAlone } from '../database/index.ts';
import { Jobs } from './index.ts';

describe('work done by the clock', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());
  const login = () => externalAccess(db.url).login;

  /** Work that goes on until it is told to end. */
  function longWork() {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const work = async () => {
      begin();
      await ended;
    };
    return { work, begun, end };
  }

  it('is done once at a time, however long it takes, and each kind of it for itself', async () => {
    const { work, begun, end } = longWork();
    const first = runAlone(login(), 'test.long', work);
    await begun;
    let ran = 0;
    const again = async () => void (ran += 1);
    assert.equal(await runAlone(login(), 'test.long', again), 'under-way');
    assert.equal(ran, 0);
    assert.equal(await runAlone(login(), 'test.other', again), 'done');
    end();
    assert.equal(await first, 'done');
    assert.equal(await runAlone(login(), 'test.long', again), 'done');
    assert.equal(ran, 2);
  });

  it('can be done again once it has failed, or its node is gone', async () => {
    await assert.rejects(
      runAlone(login(), 'test.failing', async () => await Promise.reject(new Error('no'))),
      /no/,
    );
    assert.equal(await runAlone(login(), 'test.failing', async () => {}), 'done');
    const { work, begun, end } = longWork();
    const first = runAlone(login(), 'test.dying', work);
    await begun;
    await db.asOwner(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'samtal-job'",
    );
    await eventually(
      async () => (await runAlone(login(), 'test.dying', async () => {})) === 'done',
      'the lock went with its connection',
    );
    end();
    await first;
  });

  it('is given a day, and is noticed within minutes when its node died, also where it was given an hour before', async () => {
    const boss = new PgBoss({ connectionString: db.url, schema: 'jobs', createSchema: false });
    boss.on('error', () => undefined);
    await boss.start();
    await boss.createQueue('test.old', { policy: 'singleton', expireInSeconds: 3600 });
    await boss.stop({ graceful: false });
    const run = async () => {};
    const jobs = new Jobs(
      login(),
      ['test.old', 'test.new'].map((name) => ({ name, cron: '0 3 1 1 *', run })),
      keptLog().log,
    );
    await jobs.start();
    const { rows } = await db.asOwner<{ name: string; expire_seconds: number; heartbeat_seconds: number }>(
      "select name, expire_seconds, heartbeat_seconds from jobs.queue where name like 'test.%' order by name",
    );
    await jobs.stop();
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      ['test.new', 'test.old'].map((name) => ({ name, expire_seconds: 86_400, heartbeat_seconds: 120 })),
    );
  });
});
