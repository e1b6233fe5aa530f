import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Figures, FiguresQuery } from '@samtal/contract/statistics';
import { testAccount } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog } from '../../../test/node.ts';
import { stopClock, type Clock } from '../../../test/statistics/traffic.ts';
import { recordFact } from '../../platform/facts/index.ts';
import { readStatisticsLag } from './lag.ts';
import { readFigures } from './reading/read-figures.ts';
import { rebuildStatistics } from './rebuild.ts';
import { rollUpAll } from './roll-up-all.ts';

describe('a day that cannot be put together from its hours', () => {
  let db: TestDatabase;
  let clock: Clock;
  let account: string;
  const { log, lines } = keptLog();
  const queueId = randomUUID();
  const today = { from: '2026-11-26T00:00:00.000Z', grain: 'hour' } as const;

  before(async () => {
    db = await createTestDatabase();
    clock = await stopClock(db, new Date('2026-11-25T08:00:00Z'));
  });
  after(async () => await db.close());
  beforeEach(async () => {
    account = await testAccount(db);
    lines.length = 0;
    await queuedAt('2026-11-25T08:10:00Z');
    await queuedAt('2026-11-25T10:20:00Z');
    await rollUpAt('2026-11-25T11:15:00Z');
    await write('{"waits": {}}');
  });

  async function queuedAt(at: string): Promise<void> {
    await clock.to(Date.parse(at));
    const conversationId = randomUUID();
    await db.database.transaction(account, async (tx) =>
      recordFact(tx, account, { kind: 'queued', conversationId, queueId, siteId: null, outcome: 'first' }),
    );
  }

  /** Damages the figure of an hour, or mends it: nothing but the database's owner can. */
  async function write(base: string): Promise<void> {
    await db.asOwner(
      `update figure set base = $2 where account_id = $1 and grain = 'hour' and subject = 'queues' and period_start = '2026-11-25T08:00:00Z'`,
      [account, base],
    );
  }

  async function rollUpAt(at: string): Promise<void> {
    await clock.to(Date.parse(at));
    await rollUpAll({ database: db.database, log });
  }

  async function figures(query: Partial<FiguresQuery>): Promise<Figures> {
    const days = { from: '2026-11-25T00:00:00.000Z', to: '2026-11-28T00:00:00.000Z', grain: 'day' } as const;
    return await db.database.read(account, async (tx) =>
      readFigures(tx, account, {
        viewer: { scopes: [{}] },
        subject: 'queues',
        query: { ...days, ...query },
      }),
    );
  }

  async function offered(query: Partial<FiguresQuery> = {}) {
    const { rows } = await figures(query);
    return rows.map(({ periodStart, measures }) => [periodStart.slice(8, 13), measures['offered']]);
  }

  async function published(): Promise<string[]> {
    const { rows } = await db.asOwner<{ name: string }>(
      "select name from statistics_file where account_id = $1 and subject = 'queues' order by name",
      [account],
    );
    return rows.map(({ name }) => name.replace('queues-2026-11-', '').replace('.csv', ''));
  }

  async function failures() {
    const { rows } = await db.asOwner<{ grain: string; hour: Date; tries: number; minutes: number }>(
      `select grain, hour, tries, round(extract(epoch from retry_at - moment()) / 60)::integer as minutes
       from failed_hour where account_id = $1`,
      [account],
    );
    return rows.map(({ grain, hour, tries, minutes }) => [
      grain,
      hour.toISOString().slice(0, 13),
      tries,
      minutes,
    ]);
  }

  const told = (event: string) =>
    lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['event'] === event && line['accountId'] === account);

  it('holds up nothing else: later hours and days are counted and published', async () => {
    await rollUpAt('2026-11-26T00:00:30Z');
    assert.deepEqual(await failures(), [['day', '2026-11-25T00', 1, 1]]);
    await queuedAt('2026-11-26T09:10:00Z');
    await rollUpAt('2026-11-26T09:11:00Z');
    assert.deepEqual(await offered(today), [['26T09', 1]]);
    await rollUpAt('2026-11-27T00:30:00Z');
    assert.deepEqual(await offered(), [['26T00', 1]]);
    const files = await published();
    assert.ok(
      ['25T08', '25T10', '26T09', '26'].every((name) => files.includes(name)),
      files.join(' '),
    );
    assert.ok(!files.includes('25'));
    assert.equal(told('statistics-not-rolled-up').length, 0);
  });

  it('is tried again less and less often, and said each time in the log, by its day and without what stands there', async () => {
    await rollUpAt('2026-11-26T00:00:30Z');
    await rollUpAt('2026-11-26T00:01:00Z');
    assert.equal(told('statistics-day-not-counted').length, 1);
    await rollUpAt('2026-11-26T00:01:30Z');
    assert.deepEqual(await failures(), [['day', '2026-11-25T00', 2, 2]]);
    const all = told('statistics-day-not-counted');
    assert.deepEqual(
      all.map(({ code, attempt }) => [code, attempt]),
      [
        ['2026-11-25', 1],
        ['2026-11-25', 2],
      ],
    );
    assert.match(JSON.stringify(all), /TypeError.*figure-table\.ts/);
    assert.doesNotMatch(JSON.stringify(all), /waits/);
  });

  it('is said with the figures, with an hour of it that cannot be counted either counted once, and by metrics', async () => {
    await rollUpAt('2026-11-26T00:00:30Z');
    const uncounted = {
      from: '2026-11-25T00:00:00.000Z',
      hours: 24,
      retriedAt: '2026-11-26T00:01:30.000Z',
    };
    const answer = await figures(today);
    assert.deepEqual([answer.uncounted, answer.countedUntil], [uncounted, uncounted.from]);
    await db.asOwner(
      `insert into failed_hour (account_id, hour, retry_at) values ($1, '2026-11-25T00:00:00Z', moment() + interval '1 hour')`,
      [account],
    );
    assert.deepEqual((await figures(today)).uncounted, uncounted);
    const { failedHours } = await db.database.read('platform', readStatisticsLag);
    assert.ok(failedHours >= 2, String(failedHours));
    const { rowCount } = await db.asOwner('select from failed_hour');
    assert.equal(failedHours, rowCount);
  });

  it('is put together and published when it can be, though later days were before', async () => {
    await rollUpAt('2026-11-26T00:00:30Z');
    await queuedAt('2026-11-26T09:10:00Z');
    await rollUpAt('2026-11-27T00:30:00Z');
    await write('{"offered": 1}');
    await rollUpAt('2026-11-27T02:00:00Z');
    assert.deepEqual(await failures(), []);
    assert.deepEqual(await offered(), [
      ['25T00', 2],
      ['26T00', 1],
    ]);
    assert.ok((await published()).includes('25'));
    assert.equal((await figures({})).uncounted, null);
  });

  it('waits with what is told of it meanwhile, and is whole when its time has come', async () => {
    await rollUpAt('2026-11-26T00:00:30Z');
    await db.asOwner(
      `with told as (
         insert into fact (account_id, at, kind, conversation_id, queue_id, outcome)
         values ($1, '2026-11-25T12:00:00Z', 'queued', gen_random_uuid(), $2, 'first')
       ) insert into stale_hour (account_id, hour) values ($1, '2026-11-25T12:00:00Z')`,
      [account, queueId],
    );
    await rollUpAt('2026-11-26T00:01:00Z');
    assert.equal(told('statistics-day-not-counted').length, 1);
    await write('{"offered": 1}');
    await rollUpAt('2026-11-26T00:02:00Z');
    assert.deepEqual(await offered(), [['25T00', 3]]);
  });

  it('is mended by whoever counts everything anew, and named where that does not help', async () => {
    await rollUpAt('2026-11-26T00:00:30Z');
    assert.deepEqual((await rebuildStatistics(db.database, account)).failed, []);
    assert.deepEqual([await failures(), await offered()], [[], [['25T00', 2]]]);
    // A row that no facts stand behind would go with its hour: one of an hour that is not counted anew stays.
    await db.asOwner(
      `insert into figure (account_id, grain, period_start, subject, queue_id, base)
       values ($1, 'hour', '2026-11-25T05:00:00Z', 'queues', $2, '{"waits": {}}')`,
      [account, queueId],
    );
    assert.deepEqual((await rebuildStatistics(db.database, account)).failed, ['2026-11-25']);
    assert.deepEqual(await offered(), [['25T00', 2]], 'What was known stays');
  });
});
