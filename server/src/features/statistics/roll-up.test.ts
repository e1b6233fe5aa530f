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

  async function hours(subject: StatisticsSubject, metric: string, scopes: readonly Scope[] = [{}]) {
    const { rows } = await db.database.read(
      account,
      async (tx) =>
        await readFigures(tx, account, {
          viewer: { scopes },
          subject,
          query: { from: at('00:00:00').toISOString(), to: '2026-11-26T00:00:00.000Z', grain: 'hour' },
        }),
    );
    return rows.map(({ periodStart, measures }) => [periodStart.slice(11, 13), measures[metric]]);
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
  });
});
