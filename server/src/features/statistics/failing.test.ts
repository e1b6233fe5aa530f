import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Figures, StatisticsSubject } from '@samtal/contract/statistics';
import { testAccount } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog } from '../../../test/node.ts';
import { stopClock, type Clock } from '../../../test/statistics/traffic.ts';
import { recordFact, type Fact } from '../../platform/facts/index.ts';
import { readFigures } from './reading/read-figures.ts';
import { rebuildStatistics } from './rebuild.ts';
import { rollUpAll } from './roll-up-all.ts';

const at = (time: string) => new Date(`2026-11-25T${time}Z`);

describe('an hour that cannot be counted', () => {
  let db: TestDatabase;
  let clock: Clock;
  let account: string;
  let corrupt: string;
  const { log, lines } = keptLog();
  const agentId = randomUUID();
  const queueId = randomUUID();
  const available: Fact = { kind: 'agent-state', agentId, outcome: 'available', limit: 4 };

  before(async () => {
    db = await createTestDatabase();
    clock = await stopClock(db, at('08:00:00'));
  });
  after(async () => await db.close());
  beforeEach(async () => {
    account = await testAccount(db);
    lines.length = 0;
    await tell('08:10:00', queued());
    await tell('09:50:00', available, queued());
    corrupt = await spoil('09:55:00');
    await tell('10:20:00', queued());
  });

  const queued = (): Fact => ({
    kind: 'queued',
    conversationId: randomUUID(),
    queueId,
    siteId: null,
    outcome: 'first',
  });

  async function tell(time: string, ...facts: Fact[]): Promise<void> {
    await clock.to(at(time).getTime());
    await db.database.transaction(account, async (tx) => recordFact(tx, account, ...facts));
  }

  /** A fact that counting does not expect: a number that is a word. */
  async function spoil(time: string): Promise<string> {
    const { rows } = await db.asOwner<{ id: string }>(
      `with told as (
         insert into fact (account_id, at, kind, conversation_id, agent_id, value, outcome, counts)
         values ($1, $2, 'left', gen_random_uuid(), $3, 1000, 'resolved', '{"messages": "many"}') returning id, at
       ), stale as (insert into stale_hour (account_id, hour) select $1, date_trunc('hour', at, 'UTC') from told)
       select id::text from told`,
      [account, at(time), agentId],
    );
    return rows[0]?.id ?? '';
  }

  async function mend(): Promise<void> {
    await db.asOwner('delete from fact where account_id = $1 and id = $2', [account, corrupt]);
  }

  async function rollUpAt(time: string): Promise<void> {
    await clock.to(at(time).getTime());
    await rollUpAll({ database: db.database, log });
  }

  async function published(): Promise<string[]> {
    const { rows } = await db.asOwner<{ name: string }>(
      'select name from statistics_file where account_id = $1 order by name',
      [account],
    );
    return rows.map(({ name }) => name.replace('2026-11-', '').replace('.csv', ''));
  }

  async function figures(subject: StatisticsSubject): Promise<Figures> {
    return await db.database.read(
      account,
      async (tx) =>
        await readFigures(tx, account, {
          viewer: { scopes: [{}] },
          subject,
          query: { from: at('00:00:00').toISOString(), to: '2026-11-26T00:00:00.000Z', grain: 'hour' },
        }),
    );
  }

  async function hours(subject: StatisticsSubject, metric: string) {
    return (await figures(subject)).rows.map(({ periodStart, measures }) => [
      periodStart.slice(11, 13),
      measures[metric],
    ]);
  }

  async function failure() {
    const { rows } = await db.asOwner<{ hour: Date; tries: number; minutes: number }>(
      `select hour, tries, round(extract(epoch from retry_at - moment()) / 60)::integer as minutes
       from failed_hour where account_id = $1`,
      [account],
    );
    return rows.map(({ hour, tries, minutes }) => [hour.toISOString().slice(11, 13), tries, minutes]);
  }

  const told = (event: string) =>
    lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['event'] === event && line['accountId'] === account);
  const warnings = () => told('statistics-hour-not-counted').length;

  it('holds up no other: the rest is counted and published, but for how long agents were there', async () => {
    await rollUpAt('11:15:00');
    assert.deepEqual(await hours('queues', 'offered'), [
      ['08', 1],
      ['10', 1],
    ]);
    assert.deepEqual(await published(), ['queues-25T08', 'queues-25T10', 'visitors-25T08', 'visitors-25T10']);
    await clock.to(at('11:14:59').getTime() + 24 * 3_600_000);
    await rollUpAll({ database: db.database, log });
    assert.ok(!(await published()).some((name) => /agents|25$/.test(name)), 'Nor is the day of it');
  });

  it('holds up files of agents for a day at most: then they are published as far as is known, and corrected', async () => {
    await rollUpAt('11:15:00');
    await tell('11:20:00', { ...available, outcome: 'away' });
    await clock.to(at('11:15:00').getTime() + 24 * 3_600_000);
    await rollUpAll({ database: db.database, log });
    const files = await published();
    assert.ok(files.includes('agents-25T11'), files.join(' '));
    assert.ok(!files.some((name) => /25T09|-25$/.test(name)), 'It and its day are not known');
    await mend();
    await clock.to(at('12:15:00').getTime() + 24 * 3_600_000);
    await rollUpAll({ database: db.database, log });
    assert.ok((await published()).includes('agents-25T11.corr-1'));
    assert.ok((await published()).includes('agents-25'));
  });

  it('is said with the figures, and no later moment is called counted', async () => {
    await rollUpAt('11:15:00');
    const { countedUntil, uncounted } = await figures('queues');
    assert.equal(countedUntil, at('09:00:00').toISOString());
    assert.deepEqual(uncounted, {
      from: at('09:00:00').toISOString(),
      hours: 1,
      retriedAt: at('11:16:00').toISOString(),
    });
  });

  it('is tried again after a minute, then after twice as long each time, and at least once an hour', async () => {
    await rollUpAt('11:15:00');
    assert.deepEqual(await failure(), [['09', 1, 1]]);
    await rollUpAt('11:15:59');
    assert.deepEqual([await failure(), warnings()], [[['09', 1, 0]], 1]);
    await rollUpAt('11:16:00');
    assert.deepEqual([await failure(), warnings()], [[['09', 2, 2]], 2]);
    await rollUpAt('11:18:00');
    assert.deepEqual([await failure(), warnings()], [[['09', 3, 4]], 3]);
    await db.asOwner('update failed_hour set tries = 40, retry_at = moment() where account_id = $1', [
      account,
    ]);
    await rollUpAt('11:18:00');
    assert.deepEqual([await failure(), warnings()], [[['09', 41, 60]], 4]);
  });

  it('is told of in the log, with the hour and why, and without what the fact says', async () => {
    await rollUpAt('11:15:00');
    const [line] = told('statistics-hour-not-counted');
    assert.equal(line?.['code'], '2026-11-25T09');
    assert.match(JSON.stringify(line), /TypeError.*figure-table\.ts/);
    assert.doesNotMatch(JSON.stringify(line), /many/);
  });

  it('is made up for when it can be counted: what follows from it is, too', async () => {
    await rollUpAt('11:15:00');
    await mend();
    await rollUpAt('11:16:00');
    assert.deepEqual(await failure(), []);
    assert.equal((await figures('queues')).uncounted, null);
    assert.deepEqual(await hours('agents', 'available_time_s'), [
      ['09', 600],
      ['10', 3600],
      ['11', 960],
    ]);
    await rollUpAt('12:30:00');
    const files = await published();
    for (const name of ['agents-25T09', 'agents-25T10', 'agents-25T11', 'queues-25T09'])
      assert.ok(files.includes(name), `${name} of ${files.join(' ')}`);
    assert.ok(!files.some((name) => name.includes('corr')), 'Nothing was published that had to be corrected');
    await clock.to(at('12:31:00').getTime());
    const { changedFigures, different, failed } = await rebuildStatistics(db.database, account);
    assert.deepEqual([changedFigures, different, failed], [0, [], []]);
  });

  it('takes in what is told while it waits, and costs nobody a round until then', async () => {
    await rollUpAt('11:15:00');
    await tell('11:15:10', { ...available, outcome: 'offline', at: at('09:58:00') });
    await mend();
    await rollUpAt('11:15:20');
    assert.deepEqual(await failure(), [['09', 1, 1]]);
    await rollUpAt('11:16:00');
    assert.deepEqual(await hours('agents', 'available_time_s'), [['09', 480]]);
  });

  it('can be the hour that is under way: it is counted once it can be, and the next begins meanwhile', async () => {
    await rollUpAt('10:30:00');
    await spoil('10:40:00');
    await rollUpAt('10:45:00');
    assert.deepEqual(
      (await failure()).map(([hour]) => hour),
      ['09', '10'],
    );
    await tell('11:05:00', queued());
    await rollUpAt('11:10:00');
    assert.deepEqual((await hours('queues', 'offered')).at(-1), ['11', 1]);
    await db.asOwner("delete from fact where account_id = $1 and kind = 'left'", [account]);
    await rollUpAt('12:30:00');
    assert.deepEqual(await hours('agents', 'available_time_s'), [
      ['09', 600],
      ['10', 3600],
      ['11', 3600],
      ['12', 1800],
    ]);
  });

  it('is tried at once, and named, by whoever counts everything anew', async () => {
    await rollUpAt('11:15:00');
    assert.deepEqual((await rebuildStatistics(db.database, account)).failed, ['2026-11-25T09']);
    await mend();
    assert.deepEqual((await rebuildStatistics(db.database, account)).failed, []);
    assert.equal((await figures('queues')).uncounted, null);
  });

  it('is of one account, and holds up no other', async () => {
    const other = await testAccount(db);
    await db.database.transaction(other, async (tx) => recordFact(tx, other, queued()));
    await rollUpAt('11:15:00');
    const { uncounted, rows } = await db.database.read(
      other,
      async (tx) =>
        await readFigures(tx, other, {
          viewer: { scopes: [{}] },
          subject: 'queues',
          query: { from: at('00:00:00').toISOString(), to: '2026-11-26T00:00:00.000Z', grain: 'hour' },
        }),
    );
    assert.deepEqual([uncounted, rows.length], [null, 1]);
  });

  it('has a brother: a file that cannot be made is set aside, and all others are published', async () => {
    await mend();
    // So long ago that it has no date.
    await db.asOwner(
      `insert into fact (account_id, at, kind, conversation_id, queue_id, value, outcome, counts)
       values ($1, $2, 'resolved', gen_random_uuid(), $3, 9000000000000000, 'agent', '{}')`,
      [account, at('08:30:00'), queueId],
    );
    await rollUpAt('11:15:00');
    const files = await published();
    assert.ok(files.includes('queues-25T08') && files.includes('agents-25T10'), files.join(' '));
    assert.ok(!files.includes('conversations-25T08'));
    const { rows } = await db.asOwner(
      'select subject, tries from unpublished_period where account_id = $1 and failed_since is not null',
      [account],
    );
    assert.deepEqual(rows, [{ subject: 'conversations', tries: 1 }]);
    const [line, ...others] = told('statistics-file-not-published');
    assert.deepEqual([line?.['code'], others], ['conversations-2026-11-25T08', []]);
    await rollUpAt('11:16:00');
    assert.equal(told('statistics-file-not-published').length, 2);
    await db.asOwner("update fact set value = 60000 where account_id = $1 and kind = 'resolved'", [account]);
    await rollUpAt('11:18:00');
    assert.ok((await published()).includes('conversations-25T08'));
  });
});
