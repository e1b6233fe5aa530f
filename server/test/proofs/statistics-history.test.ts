import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { FiguresQuery, StatisticsSubject } from '@samtal/contract/statistics';
import { recordFact, type Fact } from '../../src/platform/facts/index.ts';
import { Fanout } from '../../src/platform/fanout/index.ts';
import { createLog } from '../../src/platform/log/index.ts';
import { ConversationKeys } from '../../src/platform/keys/index.ts';
import { presentClasses } from '../../src/features/retention/present-classes.ts';
import { readDue } from '../../src/features/retention/read-due.ts';
import { runRetention } from '../../src/features/retention/run-retention.ts';
import { readDatabaseFacts } from '../../src/features/self-check/queries.ts';
import { readSettings } from '../../src/features/settings/index.ts';
import { Files } from '../../src/features/statistics-export/sftp/files.ts';
import { rebuildStatistics } from '../../src/features/statistics/index.ts';
import { readFigures } from '../../src/features/statistics/reading/read-figures.ts';
import { rollUpAll } from '../../src/features/statistics/roll-up-all.ts';
import { makeAccount, type TestAccount } from '../callers.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { makeResolvedConversations } from '../resolved-conversations.ts';
import { setSettings } from '../settings.ts';
import { stopClock, type Clock } from '../statistics/traffic.ts';

const log = createLog({ destination: { write: () => undefined }, readable: false });
/** With 93 days, 1 August goes when 2 November is over: from then on there are 93 whole days after it. */
const lastMoment = '2026-11-02T23:59:59.999Z';
const itsTime = '2026-11-03T00:00:00.000Z';

describe('the history of statistics', () => {
  let db: TestDatabase;
  let clock: Clock;
  let account: TestAccount;
  const agentId = randomUUID();

  before(async () => {
    db = await createTestDatabase();
    clock = await stopClock(db, new Date('2026-08-01T09:00:00Z'));
  });
  after(async () => await db.close());

  beforeEach(async () => {
    await clock.to(Date.parse('2026-08-01T09:00:00Z'));
    account = await makeAccount(db, { origin: 'https://example.org' });
    const place = { conversationId: randomUUID(), queueId: account.queueId, siteId: account.siteId };
    await tell('2026-08-01T10:00:00Z', { kind: 'queued', ...place, outcome: 'first' });
    await tell('2026-08-01T23:50:00Z', { kind: 'agent-state', agentId, outcome: 'available', limit: 2 });
    await tell('2026-08-02T00:30:00Z', { kind: 'agent-state', agentId, outcome: 'offline', limit: 2 });
    await tell('2026-08-02T10:00:00Z', {
      kind: 'queued',
      ...place,
      conversationId: randomUUID(),
      outcome: 'first',
    });
    await rollUpAt('2026-08-03T01:00:00Z');
  });

  async function tell(at: string, ...facts: Fact[]): Promise<void> {
    await clock.to(Date.parse(at));
    await db.database.transaction(account.id, async (tx) => recordFact(tx, account.id, ...facts));
  }

  async function rollUpAt(at: string): Promise<void> {
    await clock.to(Date.parse(at));
    await rollUpAll({ database: db.database, log });
  }

  async function runAt(at: string): Promise<void> {
    await clock.to(Date.parse(at));
    const keys = new ConversationKeys(db.keyring);
    await runRetention({ database: db.database, keyring: db.keyring, keys, fanout: new Fanout() });
  }

  /** Days of which there is something, by table. */
  async function daysOf(): Promise<Record<string, string[]>> {
    const { rows } = await db.asOwner<{ name: string; days: string[] }>(
      `select name, array_agg(distinct to_char(at at time zone 'UTC', 'MM-DD') order by to_char(at at time zone 'UTC', 'MM-DD')) as days from (
         select 'fact' as name, at from fact where account_id = $1
         union all select 'figure', period_start from figure where account_id = $1
         union all select 'statistics_file', period_start from statistics_file where account_id = $1
         union all select 'carried_hour', hour from carried_hour where account_id = $1
         union all select 'stale_hour', hour from stale_hour where account_id = $1
         union all select 'unpublished_period', period_start from unpublished_period where account_id = $1
       ) each group by name`,
      [account.id],
    );
    return Object.fromEntries(rows.map(({ name, days }) => [name, days]));
  }

  const both = ['08-01', '08-02'];
  const second = ['08-02'];
  const whole = { fact: both, figure: both, statistics_file: both, carried_hour: second };
  const left = { fact: second, figure: second, statistics_file: second, carried_hour: second };

  async function figures(subject: StatisticsSubject, metric: string, query: Partial<FiguresQuery> = {}) {
    const { rows } = await db.database.read(
      account.id,
      async (tx) =>
        await readFigures(tx, account.id, {
          viewer: { scopes: [{}] },
          subject,
          query: { from: '2026-08-01T00:00:00.000Z', to: '2026-08-03T00:00:00.000Z', grain: 'day', ...query },
        }),
    );
    return rows.map(({ periodStart, measures }) => [periodStart.slice(5, 10), measures[metric]]);
  }

  async function deletions() {
    const { rows } = await db.asOwner<{ count: number; setting_days: number; setting_origin: string }>(
      `select count::integer, setting_days, setting_origin from deletion
       where account_id = $1 and data_class = 'statistics' order by at`,
      [account.id],
    );
    return rows;
  }

  it('stays as long as the account, unless a setting says otherwise', async () => {
    await runAt('2036-08-01T00:00:00Z');
    assert.deepEqual(await daysOf(), whole);
    const kept = await db.database.read(account.id, async (tx) => {
      assert.ok(!(await readDue(tx, account.id)).some(({ dataClass }) => dataClass === 'statistics'));
      return presentClasses(await readSettings(tx, account.id)).find(
        ({ dataClass }) => dataClass === 'statistics',
      );
    });
    assert.deepEqual([kept?.kept, kept?.days, kept?.setting], ['account', null, 'retention.statistics-days']);
  });

  it('goes by whole days, when so many whole days have passed since, and no moment before', async () => {
    await setSettings(db, account.id, { 'retention.statistics-days': 93 });
    await runAt(lastMoment);
    assert.deepEqual(await daysOf(), whole);
    assert.deepEqual(await deletions(), []);
    await runAt(itsTime);
    assert.deepEqual(await daysOf(), left);
    const [entry, ...others] = await deletions();
    assert.deepEqual([entry?.setting_days, entry?.setting_origin, others], [93, 'account', []]);
    assert.ok((entry?.count ?? 0) > 6, 'Facts, figures and files');
    await runAt(itsTime);
    assert.equal((await deletions()).length, 1, 'What is gone does not go again');
  });

  it('is gone from figures, from lists and from SFTP', async () => {
    const files = new Files(db.database);
    const august = async (day: string) =>
      (await files.filesIn(account.id, `Metrics/2026/08/${day}`)).map(({ name }) => name);
    assert.deepEqual(await figures('queues', 'offered'), [
      ['08-01', 1],
      ['08-02', 1],
    ]);
    const [first] = await files.filesIn(account.id, 'Metrics/2026/08/01');
    await setSettings(db, account.id, { 'retention.statistics-days': 93 });
    await runAt(itsTime);
    assert.deepEqual(await figures('queues', 'offered'), [['08-02', 1]]);
    assert.deepEqual(await august('01'), []);
    assert.deepEqual(await august('02'), [
      'agents-2026-08-02.csv',
      'queues-2026-08-02.csv',
      'visitors-2026-08-02.csv',
    ]);
    assert.equal(await files.folder(account.id, 'Metrics/2026/08/01'), null);
    assert.equal(await files.part(account.id, first!, { offset: 0, length: 10 }), null);
  });

  it('that is left is proven by counting it anew, with what stood open when it began', async () => {
    await setSettings(db, account.id, { 'retention.statistics-days': 93 });
    await runAt(itsTime);
    const { hours, changedFigures, files, different } = await rebuildStatistics(db.database, account.id);
    assert.deepEqual([hours, changedFigures, different], [2, 0, []]);
    assert.ok(files > 0);
    assert.deepEqual(await figures('agents', 'available_time_s'), [['08-02', 1800]]);
    await rollUpAt('2026-11-03T00:20:00Z');
    assert.deepEqual(await daysOf(), left);
  });

  it('that is gone is not counted anew, whatever is told of it later and however long it is kept by then', async () => {
    await setSettings(db, account.id, { 'retention.statistics-days': 93 });
    await runAt(itsTime);
    await setSettings(db, account.id, { 'retention.statistics-days': null });
    await tell('2026-11-03T01:00:00Z', {
      kind: 'agent-state',
      agentId,
      outcome: 'available',
      limit: 2,
      at: new Date('2026-08-01T12:00:00Z'),
    });
    await rollUpAt('2026-11-03T01:01:00Z');
    const { fact: facts, ...others } = await daysOf();
    assert.deepEqual(facts, both);
    const { fact: _fact, ...rest } = left;
    assert.deepEqual(others, rest);
    assert.equal((await rebuildStatistics(db.database, account.id)).changedFigures, 0);
    await setSettings(db, account.id, { 'retention.statistics-days': 93 });
    await rollUpAt('2026-11-03T01:02:00Z');
    await runAt('2026-11-03T01:15:00Z');
    assert.deepEqual(await daysOf(), left, 'What was told late goes with the next run');
  });

  it('waits until it is counted, and so what stands open at its end is known', async () => {
    await tell('2026-08-02T12:00:00Z', {
      kind: 'agent-state',
      agentId,
      outcome: 'away',
      limit: 2,
      at: new Date('2026-08-01T23:55:00Z'),
    });
    await setSettings(db, account.id, { 'retention.statistics-days': 93 });
    await runAt(itsTime);
    assert.equal((await daysOf())['fact']?.[0], '08-01');
    await rollUpAt('2026-11-03T00:10:00Z');
    await runAt('2026-11-03T00:15:00Z');
    assert.deepEqual((await daysOf())['fact'], second);
    assert.deepEqual(await figures('agents', 'available_time_s'), [['08-02', 0]]);
    assert.deepEqual(await figures('agents', 'away_time_s'), [['08-02', 1800]]);
  });

  it('goes though an hour of it could never be counted, and with it that hour', async () => {
    await db.asOwner(
      `with told as (
         insert into fact (account_id, at, kind, agent_id, value, outcome, counts)
         values ($1, '2026-08-01T12:00:00Z', 'left', $2, 1000, 'resolved', '{"messages": "many"}') returning at
       ) insert into stale_hour (account_id, hour) select $1, date_trunc('hour', at, 'UTC') from told`,
      [account.id, agentId],
    );
    await rollUpAt('2026-11-02T12:00:00Z');
    const failed = async () =>
      (await db.asOwner('select from failed_hour where account_id = $1', [account.id])).rowCount;
    assert.equal(await failed(), 1);
    const { statisticsFailing } = await db.database.read('platform', readDatabaseFacts);
    assert.deepEqual(statisticsFailing, { since: new Date('2026-11-02T12:00:00Z'), accounts: 1 });
    await setSettings(db, account.id, { 'retention.statistics-days': 93 });
    await runAt(itsTime);
    assert.deepEqual([await failed(), await daysOf()], [0, left]);
    assert.equal((await db.database.read('platform', readDatabaseFacts)).statisticsFailing, null);
  });

  it('says how much of it is due, in days, and warns by that', async () => {
    await setSettings(db, account.id, { 'retention.statistics-days': 3650 });
    const due = async () =>
      (await db.database.read(account.id, async (tx) => await readDue(tx, account.id))).find(
        ({ dataClass }) => dataClass === 'statistics',
      );
    const since = (Date.now() - Date.parse('2026-08-01T00:00:00Z')) / 86_400_000;
    const young = await due();
    assert.deepEqual([young?.days, young?.due, young?.oldestDueAt], [3650, 0, null]);
    assert.equal(young?.kept, Math.floor(since) + 1);
    assert.equal(young?.nextDueAt, new Date(Date.parse('2026-08-02') + 3650 * 86_400_000).toISOString());
    await setSettings(db, account.id, { 'retention.statistics-days': 93 });
    const old = await due();
    assert.equal(old?.due, Math.max(0, Math.floor(since) - 93));
    assert.equal(old?.oldestDueAt, since >= 94 ? '2026-11-03T00:00:00.000Z' : null);
  });

  it('keeps the facts of a conversation under legal hold until that ends, and tells of it no longer', async () => {
    const [held] = await makeResolvedConversations(db, account, { daysAgo: [1] });
    const { rows } = await db.asOwner<{ fact_id: string }>('select fact_id from conversation where id = $1', [
      held!.id,
    ]);
    const place = {
      conversationId: rows[0]?.fact_id ?? '',
      queueId: account.queueId,
      siteId: account.siteId,
      agentId,
    };
    await tell('2026-08-01T12:00:00Z', {
      kind: 'resolved',
      ...place,
      outcome: 'agent',
      since: new Date('2026-08-01T11:00:00Z'),
      counts: {},
    } as Fact);
    await rollUpAt('2026-08-03T01:01:00Z');
    assert.deepEqual(await figures('conversations', 'outcome'), [['08-01', 'agent']]);
    await db.asOwner(
      "insert into legal_hold (account_id, conversation_id, reason, placed_by) values ($1, $2, 'a court', $3)",
      [account.id, held!.id, randomUUID()],
    );
    await setSettings(db, account.id, { 'retention.statistics-days': 93 });
    await runAt(itsTime);
    assert.deepEqual(await daysOf(), { ...left, fact: both });
    assert.deepEqual(await figures('conversations', 'outcome'), []);
    assert.equal((await deletions()).length, 1);
    await runAt(itsTime);
    assert.equal((await deletions()).length, 1, 'A held fact is no reason to begin again');
    await db.asOwner('delete from legal_hold where conversation_id = $1', [held!.id]);
    await runAt(itsTime);
    assert.deepEqual(await daysOf(), left);
  });

  it('is removed by the database alone: never too early, and never past the deletion log', async () => {
    const forget = async (day: string, entry: { count: number; dataClass: string } | null) =>
      await db.database.transaction(account.id, async (tx) => {
        const id = randomUUID();
        if (entry !== null)
          await tx.run(
            {
              name: 'test-log',
              text: `insert into deletion (account_id, id, data_class, count, cause, digest) values ($1, $2, $3, $4, 'retention', '')`,
            },
            [account.id, id, entry.dataClass, entry.count],
          );
        await tx.run({ name: 'test-forget', text: 'select forget_statistics($1, $2)' }, [day, id]);
      });
    const entry = { count: 1, dataClass: 'statistics' };
    await clock.to(Date.parse(lastMoment));
    await assert.rejects(forget('2026-08-01T00:00:00Z', entry), { code: 'SM004' });
    await clock.to(Date.parse(itsTime));
    await assert.rejects(forget('2026-08-01T00:00:00Z', entry), { code: 'SM001' }, 'There is more');
    await assert.rejects(forget('2026-08-01T00:00:00Z', null), { code: 'SM001' });
    await assert.rejects(forget('2026-08-01T00:00:00Z', { ...entry, dataClass: 'audit' }), { code: 'SM001' });
    await assert.rejects(forget('2026-07-31T12:00:00Z', entry), { code: 'SM004' }, 'Half a day');
    for (const table of ['fact', 'statistics_file'] as const)
      await assert.rejects(
        db.database.transaction(
          account.id,
          async (tx) => await tx.sql.deleteFrom(table).where('account_id', '=', account.id).execute(),
        ),
        /permission denied/,
      );
    assert.deepEqual(await daysOf(), whole);
  });
});
