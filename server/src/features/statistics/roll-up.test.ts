import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Scope } from '@samtal/contract/access';
import type { StatisticsSubject } from '@samtal/contract/statistics';
import { testAccount, testUnit, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { stopClock, type Clock } from '../../../test/statistics/traffic.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordFact, type Fact } from '../../platform/facts/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { readFigures } from './reading/read-figures.ts';
import { rebuildStatistics } from './rebuild.ts';
import { rollUpAll } from './roll-up-all.ts';
import { takeTurn } from './counting/take-turn.ts';

const log = createLog({ destination: { write: () => undefined }, readable: false });
const at = (time: string) => new Date(`2026-11-25T${time}Z`);

describe('rolling up', () => {
  let db: TestDatabase;
  let clock: Clock;
  let account: string;
  const agentId = randomUUID();

  before(async () => {
    db = await createTestDatabase();
    clock = await stopClock(db, at('09:00:00'));
  });
  after(async () => await db.close());
  beforeEach(async () => {
    account = await testAccount(db);
  });

  async function tell(time: string, ...facts: Fact[]): Promise<void> {
    await clock.to(at(time).getTime());
    await db.database.transaction(account, async (tx) => recordFact(tx, account, ...facts));
  }

  async function rollUpAt(time: string): Promise<void> {
    await clock.to(at(time).getTime());
    await rollUpAll({ database: db.database, log });
  }

  async function figures(
    subject: StatisticsSubject,
    metric: string,
    { scopes = [{}], grain }: { scopes?: readonly Scope[]; grain: 'hour' | 'day' },
  ) {
    const { rows } = await db.database.read(
      account,
      async (tx) =>
        await readFigures(tx, account, {
          viewer: { scopes },
          subject,
          query: { from: at('00:00:00').toISOString(), to: '2026-11-27T00:00:00.000Z', grain },
        }),
    );
    const [from, to] = grain === 'hour' ? [11, 13] : [8, 10];
    return rows.map(({ periodStart, measures }) => [periodStart.slice(from, to), measures[metric]]);
  }

  async function hours(subject: StatisticsSubject, metric: string, scopes: readonly Scope[] = [{}]) {
    return await figures(subject, metric, { scopes, grain: 'hour' });
  }

  async function days(subject: StatisticsSubject, metric: string, scopes: readonly Scope[] = [{}]) {
    return await figures(subject, metric, { scopes, grain: 'day' });
  }

  /** Days that are put together. */
  async function wholeDays(): Promise<string[]> {
    const { rows } = await db.asOwner<{ day: string }>(
      `select distinct to_char(period_start at time zone 'UTC', 'DD') as day from figure where account_id = $1 and grain = 'day' order by 1`,
      [account],
    );
    return rows.map(({ day }) => day);
  }

  const available: Fact = { kind: 'agent-state', agentId, outcome: 'available', limit: 4 };

  it('carries who is there into an hour that begins while an earlier one is counted', async () => {
    await tell('09:50:00', available);
    await tell('10:00:00.020', { kind: 'session-begun', siteId: randomUUID() });
    await rollUpAt('09:59:59.950');
    await rollUpAt('10:30:00');
    assert.deepEqual(await hours('agents', 'available_time_s'), [
      ['09', 600],
      ['10', 1800],
    ]);
  });

  it('publishes that there was nothing, where it turns out that there was not', async () => {
    await tell('09:50:00', available);
    await rollUpAt('11:15:00');
    await tell('11:20:00', { ...available, outcome: 'offline', at: at('09:55:00') });
    await rollUpAt('11:30:00');
    const { rows } = await db.asOwner<{ name: string; lines: string[] }>(
      `select name, string_to_array(convert_from(content, 'utf8'), E'\r\n') as lines from statistics_file
       where account_id = $1 and folder = 'Metrics/2026/11/25/10' order by name desc`,
      [account],
    );
    assert.deepEqual(
      rows.map(({ name, lines }) => [name, lines.length]),
      [
        ['agents-2026-11-25T10.csv', 3],
        ['agents-2026-11-25T10.corr-1.csv', 2],
      ],
    );
  });

  it('puts a day together once it is over, and until then reads it from its hours', async () => {
    await tell('09:50:00', available);
    await rollUpAt('11:30:00');
    assert.deepEqual(await wholeDays(), []);
    assert.deepEqual(await days('agents', 'available_time_s'), [['25', 6000]]);
    await tell('11:40:00', { ...available, outcome: 'offline' });
    await rollUpAt('11:45:00');
    assert.deepEqual(await days('agents', 'available_time_s'), [['25', 6600]]);
    await clock.to(Date.parse('2026-11-26T00:00:00Z'));
    await rollUpAll({ database: db.database, log });
    assert.deepEqual(await wholeDays(), ['25'], 'Though nothing was told since');
    assert.deepEqual(await days('agents', 'available_time_s'), [['25', 6600]]);
    await tell('11:50:00', { ...available, at: at('11:42:00') });
    await clock.to(Date.parse('2026-11-26T07:30:00Z'));
    await rollUpAll({ database: db.database, log });
    assert.deepEqual(await wholeDays(), ['25'], 'What comes late is in it');
    assert.deepEqual(await days('agents', 'available_time_s'), [
      ['25', 6600 + 18 * 60 + 12 * 3600],
      ['26', 7.5 * 3600],
    ]);
  });

  it('writes of the hour under way what has changed, and nothing of the day', async () => {
    const other = randomUUID();
    await tell('09:50:00', available, { kind: 'session-begun', siteId: other });
    await rollUpAt('09:51:00');
    await rollUpAt('09:52:00');
    const { rows } = await db.asOwner<{ subject: string; grain: string }>(
      'select subject, grain from figure where account_id = $1 and changed_at = $2',
      [account, at('09:52:00')],
    );
    assert.deepEqual(rows, [{ subject: 'agents', grain: 'hour' }]);
  });

  it('takes away what was put together of a day under way before an upgrade', async () => {
    await tell('09:50:00', available);
    await db.asOwner(
      `insert into figure (account_id, grain, period_start, subject, agent_id, base) values ($1, 'day', $2, 'agents', $3, '{"availableMs": 1}')`,
      [account, at('00:00:00'), agentId],
    );
    await rollUpAt('10:00:00');
    assert.deepEqual(await days('agents', 'available_time_s'), [['25', 600]]);
    assert.deepEqual(await wholeDays(), []);
  });

  it('is waited for by whoever counts everything anew', async () => {
    await tell('09:50:00', available);
    await rollUpAt('09:55:00');
    await db.asOwner(
      `update figure set base = '{"availableMs": 1}' where account_id = $1 and grain = 'hour'`,
      [account],
    );
    await clock.to(at('10:30:00').getTime());
    let letGo = () => {};
    const held = db.database.transaction(account, async (tx: Tx) => {
      await takeTurn(tx, account);
      await new Promise<void>((resolve) => {
        letGo = resolve;
      });
    });
    const rebuilt = rebuildStatistics(db.database, account);
    await new Promise((resolve) => setTimeout(resolve, 50));
    letGo();
    await held;
    assert.equal((await rebuilt).changedFigures, 1);
  });

  it('shows how long an agent was there to nobody who does not see all that the agent had then', async () => {
    const [north, south] = [await testUnit(db, account, 'Norr'), await testUnit(db, account, 'Söder')];
    const { userId } = await testUser(db, account, { roles: [{ role: 'agent', scope: { unit: [north] } }] });
    const queueId = randomUUID();
    await db.asOwner(
      'insert into queue (account_id, id, name, unit_id, units) values ($1, $2, $3, $4, array[$4::uuid])',
      [account, queueId, 'Söder', south],
    );
    await tell('09:10:00', { ...available, agentId: userId });
    const place = { conversationId: randomUUID(), queueId, siteId: null, agentId: userId };
    await tell('09:20:00', { kind: 'joined', ...place, outcome: 'taken' });
    await tell('09:40:00', {
      kind: 'left',
      ...place,
      since: at('09:20:00'),
      outcome: 'resolved',
      counts: { messages: 1 },
    });
    await rollUpAt('10:30:00');
    assert.deepEqual(await hours('agents', 'available_time_s', [{ unit: [north] }]), [['10', 1800]]);
    assert.deepEqual(await hours('agents', 'available_time_s'), [
      ['09', 3000],
      ['10', 1800],
    ]);
    // Of the day as a whole they see as little as when it is over.
    assert.deepEqual(await days('agents', 'available_time_s', [{ unit: [north] }]), []);
    await clock.to(Date.parse('2026-11-26T00:00:00Z'));
    await rollUpAll({ database: db.database, log });
    assert.deepEqual(await days('agents', 'available_time_s', [{ unit: [north] }]), []);
  });
});
