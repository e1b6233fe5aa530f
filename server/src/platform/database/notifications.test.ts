import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { eventually } from '../../../test/socket.ts';
import { Notifications } from './notifications.ts';

describe('notifications', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());

  async function node(t: TestContext): Promise<{ sent: Notifications; lines: string[] }> {
    const lines: string[] = [];
    const sent = new Notifications({ connectionString: db.url, application_name: 'notifying' }, 'proof', {
      line: (line) => void lines.push(line),
      error: () => undefined,
    });
    await sent.open();
    t.after(async () => await sent.close());
    return { sent, lines };
  }

  const connections = async () => {
    const { rows } = await db.asOwner<{ count: number }>(
      "select count(*)::int as count from pg_stat_activity where application_name = 'notifying' and datname = current_database()",
    );
    return rows[0]?.count ?? 0;
  };
  const cut = async (which: string) =>
    await db.asOwner(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'notifying' and ${which}`,
    );

  it('reach every node, the sending one included, in order and as they were', async (t) => {
    const [one, other] = [await node(t), await node(t)];
    const lines = Array.from({ length: 500 }, (_, index) => `${index} ${'å'.repeat(index)}`);
    for (const line of lines) one.sent.send(line);
    await eventually(() => other.lines.length === 500 && one.lines.length === 500, 'all lines arrive');
    assert.deepEqual(other.lines, lines);
  });

  it('come again when the sending connection alone was cut, and when the listening one alone was', async (t) => {
    const { sent, lines } = await node(t);
    for (const which of ["query ilike 'listen%'", "query ilike '%pg_notify%'"]) {
      sent.send('before');
      await eventually(() => lines.length > 0, 'a line arrives');
      lines.length = 0;
      await cut(which);
      await eventually(() => {
        sent.send('after');
        return lines.includes('after');
      }, `lines arrive again after ${which}`);
      lines.length = 0;
    }
  });

  it('leave two connections behind, and no more, after they were cut ten times', async (t) => {
    const { sent, lines } = await node(t);
    for (let time = 0; time < 10; time += 1) {
      await cut('true');
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await eventually(() => {
      sent.send('still here');
      return lines.includes('still here');
    }, 'lines arrive again');
    await eventually(async () => (await connections()) === 2, 'two connections are left');
  });

  it('do not try more often the longer the database is away', async (t) => {
    let tries = 0;
    const lost = new Notifications({ host: '/nowhere', user: 'nobody' }, 'proof', {
      line: () => undefined,
      error: () => void (tries += 1),
    });
    t.after(async () => await lost.close());
    await assert.rejects(lost.open());
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    assert.ok(tries <= 3, `${tries} tries`);
  });

  it('are dropped, and not kept for ever, while nobody takes them', async () => {
    const away = new Notifications({ host: '/nowhere' }, 'proof', {
      line: () => undefined,
      error: () => undefined,
    });
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 500_000; count += 1) away.send(`line ${count} ${'x'.repeat(200)}`);
    assert.ok(process.memoryUsage().heapUsed - before < 100_000_000);
  });
});
