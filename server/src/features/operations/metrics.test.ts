import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { testAccount } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';

describe('metrics', () => {
  let db: TestDatabase;
  let open: TestNode;
  let closed: TestNode;
  let elsewhere: TestNode;
  let unnamed: TestNode;
  const { log, lines } = keptLog();
  before(async () => {
    db = await createTestDatabase();
    closed = await startTestNode(db);
    open = await startTestNode(db, {
      metricsNetworks: ['127.0.0.0/8', '::1/128'],
      trustedProxies: ['127.0.0.0/8', '::1/128'],
    });
    elsewhere = await startTestNode(db, { metricsNetworks: ['192.0.2.0/24'] });
    unnamed = await startTestNode(db, { log, metricsNetworks: ['127.0.0.0/8', '::1/128'] });
  });
  after(async () => {
    for (const node of [open, closed, elsewhere, unnamed]) await node?.stop();
    await db.close();
  });

  const ask = async (node: TestNode, headers: Record<string, string> = {}) =>
    await fetch(new URL('/metrics', node.url), { headers });

  /** Nothing tells it from an address that nobody knows, neither head nor body. */
  async function assertRefused(node: TestNode, headers: Record<string, string> = {}): Promise<void> {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      const [refused, unknown] = await Promise.all(
        ['/metrics', '/nobody-knows'].map(async (path) => {
          const answer = await fetch(new URL(path, node.url), { method, headers });
          const told = [...answer.headers].filter(([name]) => name !== 'date');
          const body = (await answer.text()).replace(/"instance":"[0-9a-f-]{36}"/, '');
          return { status: answer.status, told, body };
        }),
      );
      assert.deepEqual(refused, unknown, method);
      assert.doesNotMatch(refused?.body ?? '', /samtal_/);
    }
  }

  it('are not there for anybody unless a network is named, nor for who is in none of them', async () => {
    await assertRefused(closed);
    await assertRefused(elsewhere);
    // Whom the proxy that is trusted speaks for.
    await assertRefused(open, { 'x-forwarded-for': '198.51.100.7' });
    // Whoever is believed by nobody gets nowhere by saying so.
    await assertRefused(elsewhere, { 'x-forwarded-for': '192.0.2.7' });
  });

  it('are not there for whom somebody speaks who is no trusted proxy, or in words that are not read', async () => {
    for (const [name, value] of [
      ['x-forwarded-for', '198.51.100.7'],
      ['x-forwarded-for', '127.0.0.1'],
      ['x-forwarded-for', ''],
      ['Forwarded', 'for=198.51.100.7'],
    ] as const)
      await assertRefused(unnamed, { [name]: value });
    await assertRefused(open, { forwarded: 'for=198.51.100.7' });
    for (const [node, headers] of [
      [unnamed, {}],
      [open, { 'x-forwarded-for': '127.0.0.1' }],
    ] as const)
      assert.match(await (await ask(node, headers)).text(), /^# HELP samtal_/);
  });

  it('say how far statistics are behind, in the words of Prometheus and with no word of an account', async () => {
    const answer = await ask(open);
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(
      await answer.text(),
      /^# HELP samtal_statistics_behind_seconds .+\n# TYPE samtal_statistics_behind_seconds gauge\nsamtal_statistics_behind_seconds 0\n/,
    );
    const account = await testAccount(db);
    await db.asOwner(
      `insert into failed_hour (account_id, hour, retry_at) values ($1, date_trunc('hour', now()) - interval '3 hours', now())`,
      [account],
    );
    await db.asOwner(
      `insert into unpublished_period (account_id, grain, period_start, subject, failed_since) values ($1, 'hour', '2026-11-25T07:00:00Z', 'agents', now())`,
      [account],
    );
    const text = await (await ask(open)).text();
    const values = Object.fromEntries(
      text
        .split('\n')
        .flatMap((line) => (line.startsWith('samtal_') ? [line.split(' ') as [string, string]] : [])),
    );
    const behind = Number(values['samtal_statistics_behind_seconds']);
    assert.ok(behind >= 3 * 3600 && behind < 4 * 3600 + 5, String(behind));
    assert.equal(values['samtal_statistics_failed_hours'], '1');
    assert.equal(values['samtal_statistics_failed_files'], '1');
    assert.ok(!text.includes(account));
    for (const line of text.trimEnd().split('\n'))
      assert.match(line, /^(# (HELP|TYPE) )?samtal_[a-z_]+ \S.*$/);
  });

  it('are answered with 503 when they cannot be read, and the log says why', async () => {
    await db.asOwner('alter table failed_hour rename to elsewhere');
    try {
      const answer = await ask(unnamed);
      assert.equal(answer.status, 503);
      assert.equal(await answer.text(), '');
    } finally {
      await db.asOwner('alter table elsewhere rename to failed_hour');
    }
    assert.match(lines.join(''), /"event":"metrics-not-read".*42P01/);
    assert.equal((await ask(unnamed)).status, 200);
  });
});
