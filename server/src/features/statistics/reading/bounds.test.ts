import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setImmediate as othersGoOn } from 'node:timers/promises';
import type { FiguresQuery } from '@samtal/contract/statistics';
import { testAccount } from '../../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.ts';
import { Refusal } from '../../../platform/http/index.ts';
import { AccountTurns } from './account-turns.ts';
import { readFigures } from './read-figures.ts';

const [agents, hours] = [101, 100];
const from = '2026-11-01T00:00:00Z';
const until = (count: number) => new Date(Date.parse(from) + count * 3_600_000).toISOString();

describe('what one account takes of a node by reading figures', () => {
  let db: TestDatabase;
  let account: string;
  before(async () => {
    db = await createTestDatabase();
    account = await testAccount(db);
    await db.asOwner(
      `insert into figure (account_id, grain, period_start, subject, queue_id, site_id, agent_id, base)
       select $1, 'hour', hour, 'agents', null, null, gen.agent, '{"availableMs": 3600000}'
       from generate_series($2::timestamptz, $2::timestamptz + make_interval(hours => $3 - 1), '1 hour') hour,
         unnest($4::uuid[]) gen (agent)`,
      [account, from, hours, Array.from({ length: agents }, () => randomUUID())],
    );
  });
  after(async () => await db.close());

  const figures = async (query: Partial<FiguresQuery>, measures?: readonly string[]) =>
    await db.database.read(
      account,
      async (tx) =>
        await readFigures(tx, account, {
          viewer: { scopes: [{}] },
          subject: 'agents',
          query: { from, to: until(hours), grain: 'hour', ...query },
          ...(measures === undefined ? {} : { measures }),
        }),
    );

  it('are at most 10,000 rows, of however many figures they are made', async () => {
    await assert.rejects(figures({}), refused('statistics.too-many'));
    assert.equal((await figures({ to: until(hours - 2) })).rows.length, agents * (hours - 2));
    const [row, ...others] = (await figures({ grain: 'total', by: 'all' })).rows;
    assert.equal(row?.measures['available_time_s'], agents * hours * 3_600);
    assert.equal(others.length, 0);
  });

  it('are the measures that are asked for, and no others', async () => {
    const { rows } = await figures({ to: until(1) }, ['available_time_s', 'unheard_of']);
    assert.deepEqual(rows[0]?.measures, { available_time_s: 3_600 });
  });

  it('are put together in pieces, between which others have their turn', async () => {
    let isDone = false;
    let turns = 0;
    const others = (async () => {
      while (!isDone) {
        await othersGoOn();
        turns += 1;
      }
    })();
    const { rows } = await figures({ to: until(99) });
    isDone = true;
    await others;
    assert.ok(turns > rows.length / 500, `${turns} turns of others`);
  });

  it('are refused for instants that the interface cannot say', async () => {
    for (const period of [
      { from: '0000-01-01T00:00:00+23:00', to: '0000-01-01T00:00:00Z' },
      { from: '9999-12-31T00:00:00-23:00', to: '9999-12-31T01:00:00-23:00' },
    ])
      await assert.rejects(figures({ ...period, grain: 'total' }), refused('statistics.period'));
  });

  it('are read one after the other, whatever becomes of one; those of another account at once', async () => {
    const turns = new AccountTurns(db.database);
    const other = await testAccount(db);
    const steps: string[] = [];
    const first = gate();
    const ours = [
      turns.read(account, async () => {
        steps.push('first begins');
        await first.opened;
        steps.push('first fails');
        throw new Error('as it happens');
      }),
      turns.transaction(account, () => Promise.resolve(void steps.push('second'))),
      turns.read(account, () => Promise.resolve(void steps.push('third'))),
    ];
    await turns.read(other, () => Promise.resolve(void steps.push('of another')));
    first.open();
    const ends = await Promise.allSettled(ours);
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['rejected', 'fulfilled', 'fulfilled'],
    );
    assert.deepEqual(steps, ['first begins', 'of another', 'first fails', 'second', 'third']);
  });

  it('are refused while twenty wait, and taken again when they are done', async () => {
    const turns = new AccountTurns(db.database);
    const held = gate();
    const taken = Array.from({ length: 21 }, async () => await turns.read(account, () => held.opened));
    await assert.rejects(
      turns.read(account, () => Promise.resolve()),
      refused('request.rate-limited'),
    );
    held.open();
    await Promise.all(taken);
    await turns.read(account, () => Promise.resolve());
  });
});

function refused(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Refusal && error.code === code;
}

function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}
