import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { testAccount } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { recordFact, type Fact } from './index.ts';

describe('facts', () => {
  let db: TestDatabase;
  let account: string;
  const place = { conversationId: randomUUID(), queueId: randomUUID(), siteId: null };
  const agentId = randomUUID();

  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());
  beforeEach(async () => {
    account = await testAccount(db);
  });

  async function record(...facts: Fact[]): Promise<void> {
    await db.database.transaction(account, async (tx) => recordFact(tx, account, ...facts));
  }
  const rows = async (of = account) =>
    await db.database.read(
      of,
      async (tx) => await tx.sql.selectFrom('fact').selectAll().orderBy('at').orderBy('id').execute(),
    );

  it('are told at one moment, in their order, and make their hours stale', async () => {
    await record(
      { kind: 'queued', ...place, outcome: 'first' },
      { kind: 'joined', ...place, agentId, outcome: 'taken' },
    );
    const [queued, joined] = await rows();
    assert.deepEqual(
      [queued?.kind, queued?.queue_id, queued?.agent_id, joined?.kind, joined?.agent_id],
      ['queued', place.queueId, null, 'joined', agentId],
    );
    assert.equal(queued?.at.getTime(), joined?.at.getTime());
    const stale = await db.asOwner<{ hour: Date }>('select hour from stale_hour where account_id = $1', [
      account,
    ]);
    assert.deepEqual(
      stale.rows.map(({ hour }) => hour.getTime()),
      [Math.floor((queued?.at.getTime() ?? 0) / 3_600_000) * 3_600_000],
    );
  });

  it('measure how long something took by the clock of the database, and never less than nothing', async () => {
    const now = (await db.asOwner<{ now: Date }>('select moment() as now')).rows[0]?.now.getTime() ?? 0;
    await record(
      { kind: 'answered', ...place, agentId, since: new Date(now - 90_000) },
      { kind: 'accepted', ...place, agentId, since: new Date(now + 90_000) },
    );
    const [answered, accepted] = await rows();
    assert.ok((answered?.value ?? 0) >= 90_000 && (answered?.value ?? 0) < 120_000, `${answered?.value}`);
    assert.equal(accepted?.value, 0);
  });

  it('can be told later than they happened, and keep what their kind says', async () => {
    const at = new Date('2026-03-01T09:59:59.500Z');
    await record(
      { kind: 'agent-state', agentId, outcome: 'offline', limit: 4, at },
      { kind: 'left', ...place, agentId, since: at, outcome: 'resolved', counts: { messages: 3 } },
    );
    const [offline, left] = await rows();
    assert.deepEqual([offline?.at, offline?.outcome, offline?.value], [at, 'offline', 4]);
    assert.deepEqual(left?.counts, { messages: 3 });
  });

  it('are not there when what they tell of is not', async () => {
    await assert.rejects(
      db.database.transaction(account, async (tx) => {
        recordFact(tx, account, { kind: 'queued', ...place, outcome: 'first' });
        throw new Error('changed my mind');
      }),
      /changed my mind/,
    );
    assert.deepEqual(await rows(), []);
  });

  it('of another account can be neither seen nor told nor changed', async () => {
    await record({ kind: 'queued', ...place, outcome: 'first' });
    const other = await testAccount(db);
    assert.deepEqual(await rows(other), []);
    await assert.rejects(
      db.database.transaction(other, async (tx) =>
        recordFact(tx, account, { kind: 'queued', ...place, outcome: 'first' }),
      ),
      /row-level security/,
    );
    await assert.rejects(
      db.database.transaction(account, async (tx) => {
        await tx.sql.updateTable('fact').set({ kind: 'resolved' }).execute();
      }),
      /permission denied/,
    );
  });
});
