import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { makeAccount, type TestAccount } from '../../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.ts';
import { keptLog } from '../../../../test/node.ts';
import { setSettings } from '../../../../test/settings.ts';
import { stopClock, type Clock } from '../../../../test/statistics/traffic.ts';
import { recordFact } from '../../../platform/facts/index.ts';
import { setAside } from '../counting/failed-hours.ts';
import { takeTurn } from '../counting/take-turn.ts';
import { rollUp, rollUpAll } from '../roll-up-all.ts';
import { forgetDueStatistics } from '../../retention/forget-statistics.ts';

const lastForgotten = new Date('2026-08-01T23:00:00Z');
const firstKept = new Date('2026-08-02T00:00:00Z');

describe('an hour whose day was forgotten', () => {
  let db: TestDatabase;
  let clock: Clock;
  let account: TestAccount;
  const { log } = keptLog();

  before(async () => {
    db = await createTestDatabase();
    clock = await stopClock(db, new Date('2026-08-01T09:00:00Z'));
  });
  after(async () => await db.close());

  beforeEach(async () => {
    await clock.to(Date.parse('2026-08-01T09:00:00Z'));
    account = await makeAccount(db, { origin: 'https://example.org' });
    const agentId = randomUUID();
    for (const [at, outcome] of [
      ['2026-08-01T10:00:00Z', 'available'],
      ['2026-08-02T05:00:00Z', 'offline'],
    ] as const) {
      await clock.to(Date.parse(at));
      await db.database.transaction(account.id, async (tx) =>
        recordFact(tx, account.id, { kind: 'agent-state', agentId, outcome, limit: 3 }),
      );
    }
    await rollUpAt('2026-08-03T00:30:00Z');
  });

  async function rollUpAt(at: string): Promise<void> {
    await clock.to(Date.parse(at));
    await rollUpAll({ database: db.database, log });
  }

  /** With 93 days, 1 August goes when 2 November is over. */
  async function forget(): Promise<void> {
    await setSettings(db, account.id, { 'retention.statistics-days': 93 });
    await rollUpAt('2026-11-03T00:00:00Z');
    await forgetDueStatistics(db.database, account.id, Infinity);
  }

  /** Minutes for which the agent was available, by hour. */
  async function minutes() {
    const { rows } = await db.asOwner<{ hour: string; minutes: number }>(
      `select to_char(period_start at time zone 'UTC', 'DD"T"HH24') as hour, ((base->>'availableMs')::integer / 60000) as minutes
       from figure where account_id = $1 and grain = 'hour' order by period_start`,
      [account.id],
    );
    return rows.map(({ hour, minutes: each }) => [hour, each]);
  }

  const failed = async () =>
    (await db.asOwner('select from failed_hour where account_id = $1', [account.id])).rowCount;
  const kept = ['00', '01', '02', '03', '04'].map((hour) => [`02T${hour}`, 60]);

  it('is not tried again, however it came to be set aside: what stood open at its end stays known', async () => {
    await forget();
    assert.deepEqual(await minutes(), kept);
    await db.asOwner('insert into failed_hour (account_id, hour, retry_at) values ($1, $2, moment())', [
      account.id,
      lastForgotten,
    ]);
    await rollUpAt('2026-11-03T00:05:00Z');
    assert.equal(await failed(), 0);
    await db.asOwner('insert into stale_hour (account_id, hour) values ($1, $2)', [account.id, firstKept]);
    await rollUpAt('2026-11-03T00:06:00Z');
    assert.deepEqual(await minutes(), kept);
  });

  it('is not set aside any more, and the first that is kept can be', async () => {
    await forget();
    const tryAside = async (start: Date) =>
      await db.database.transaction(
        account.id,
        async (tx) => await setAside(tx, account.id, { grain: 'hour', start }),
      );
    assert.equal(await tryAside(lastForgotten), null);
    assert.equal(await failed(), 0);
    assert.deepEqual([await tryAside(firstKept), await tryAside(firstKept)], [1, 2]);
    await db.asOwner('delete from failed_hour where account_id = $1', [account.id]);
  });

  it('cannot be forgotten between failing and being set aside: only who has the turn sets one aside', async () => {
    await db.asOwner(
      `with told as (
         insert into fact (account_id, at, kind, agent_id, value, outcome, counts)
         values ($1, $2, 'left', gen_random_uuid(), 1000, 'resolved', '{"messages": "many"}')
       ) insert into stale_hour (account_id, hour) values ($1, $2)`,
      [account.id, lastForgotten],
    );
    const attempts: number[] = [];
    const note = (_period: unknown, attempt: number) => void attempts.push(attempt);
    const taken = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    let others: Promise<void> | undefined;
    // Another node takes the turn as soon as the one that failed has given it back.
    const racing = new Proxy(db.database, {
      get(database, name) {
        if (name !== 'transaction') return Reflect.get(database, name) as unknown;
        return async (...call: Parameters<typeof database.transaction>) => {
          try {
            return await database.transaction(...call);
          } catch (error) {
            others ??= database.transaction(account.id, async (tx) => {
              assert.equal((await takeTurn(tx, account.id)).ours, true);
              taken.resolve();
              await over.promise;
            });
            await taken.promise;
            throw error;
          }
        };
      },
    });
    const isDone = await rollUp(racing, account.id, note);
    const set = await failed();
    over.resolve();
    await others;
    assert.deepEqual([isDone, attempts, set], [false, [], 0]);
    assert.equal(await rollUp(db.database, account.id, note), true);
    assert.deepEqual([attempts, await failed()], [[1], 1]);
  });
});
