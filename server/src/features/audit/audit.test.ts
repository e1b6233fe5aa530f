import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportAuditEntries, findAuditEntries, type AuditEntry } from '@samtal/contract/audit';
import { Outbound } from '../../platform/outbound/index.ts';
import { recordAudit, sealOutbox, type AuditEvent } from '../../platform/audit/index.ts';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, codeOf, testHttp } from '../../../test/requests.ts';
import { auditRoutes } from './routes.ts';

const password = 'blå hästar äter 7 tulpaner';
const key = randomBytes(32);

describe('the audit trail for its readers', () => {
  let db: TestDatabase;
  let accountId: string;
  let officer: Browser;
  let officerId: string;
  let other: string;
  const [site, queue] = [randomUUID(), randomUUID()];

  before(async () => {
    db = await createTestDatabase();
    const http = testHttp(db, (served) =>
      auditRoutes(served, { ...db, outbound: new Outbound({ networks: [] }), hostName: 'chat.example.org' }),
    );
    accountId = await testAccount(db);
    other = await testAccount(db);
    const person = await testUser(db, accountId, { password, roles: ['privacy-officer'], name: '=Öst, "Q"' });
    officer = await Browser.signIn(http, person);
    officerId = person.userId;
    await record(accountId, { action: 'sites.changed', actor: user(), subject: { kind: 'site', id: site } });
    await record(accountId, { action: 'sites.created', actor: user(), subject: { kind: 'site', id: queue } });
    // Instants are told to the millisecond: whoever searches by one must not meet two entries in it.
    await sleep(2);
    await record(accountId, {
      action: 'routing.changed',
      actor: { kind: 'system' },
      subject: { kind: 'queue', id: queue },
      details: { changed: ['name'] },
    });
    await record(other, { action: 'sites.changed', actor: user(), subject: { kind: 'site', id: site } });
    await seal();
  });
  after(async () => await db.close());

  const user = () => ({ kind: 'user', id: officerId }) as const;
  const record = async (account: string, event: AuditEvent) =>
    await db.database.transaction(account, async (tx) => await recordAudit(tx, account, event));
  const seal = async () => await db.database.transaction('platform', async (tx) => await sealOutbox(tx, key));
  const page = async (query: Record<string, unknown>) => {
    const answer = await officer.call(findAuditEntries, { params: { accountId }, query });
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json<{ items: AuditEntry[]; next: string | null }>();
  };
  const actions = async (query: Record<string, unknown>) =>
    (await page(query)).items.map(({ action }) => action);

  it('attack 39: is found by feature, action, actor, subject and time, newest first, and by nothing of another account', async () => {
    assert.deepEqual(await actions({ action: 'sites' }), ['sites.created', 'sites.changed']);
    assert.deepEqual(await actions({ action: 'sites.changed' }), ['sites.changed']);
    assert.deepEqual(await actions({ action: 'site' }), []);
    assert.deepEqual(await actions({ subjectId: queue }), ['routing.changed', 'sites.created']);
    assert.deepEqual(await actions({ subjectId: queue, subjectKind: 'queue' }), ['routing.changed']);
    const [entry] = (await page({ action: 'routing.changed' })).items;
    assert.deepEqual(entry?.details, { changed: ['name'] });
    assert.deepEqual(await actions({ until: entry?.at, subjectId: queue }), ['sites.created']);
    assert.deepEqual(await actions({ from: entry?.at, subjectId: queue }), ['routing.changed']);
    const mine = await page({ actorId: officerId, action: 'sites' });
    assert.deepEqual(
      mine.items.map(({ actor }) => actor),
      [1, 2].map(() => ({ ...user(), name: '=Öst, "Q"' })),
    );
  });

  it('is read a page at a time, and nothing twice although much is sealed meanwhile', async () => {
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const { items, next }: Awaited<ReturnType<typeof page>> = await page({
        limit: 2,
        ...(cursor === null ? {} : { cursor }),
      });
      seen.push(...items.map(({ seq }) => seq));
      cursor = next;
      await seal();
    } while (cursor !== null);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => b - a),
    );
    assert.equal(new Set(seen).size, seen.length);
    assert.equal(seen.at(-1), 1);
    const broken = await officer.call(findAuditEntries, { params: { accountId }, query: { cursor: 'AAAA' } });
    assert.equal(codeOf(broken), 'request.invalid');
  });

  it('records who read it and how, and never what was searched for', async () => {
    await page({ subjectId: site, action: 'sites' });
    await seal();
    const [entry] = (await page({ action: 'audit.searched', limit: 1 })).items;
    assert.deepEqual(entry?.actor.id, officerId);
    assert.deepEqual(entry?.details, { by: ['subjectId', 'action'], found: 1 });
  });

  it('uses an index for each way of searching', async () => {
    await db.asOwner('analyze audit_entry');
    for (const where of [
      "feature = 'sites'",
      `actor_id = '${officerId}'`,
      `subject_id = '${site}'`,
      "at < '2026-01-01'",
    ]) {
      await db.asOwner('begin');
      await db.asOwner('set local enable_seqscan = off');
      const { rows } = await db.asOwner<{ 'QUERY PLAN': string }>(
        `explain select seq from audit_entry where account_id = '${accountId}' and ${where} order by at desc, seq desc limit 51`,
      );
      await db.asOwner('rollback');
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      assert.match(plan, /Index/, plan);
    }
  });

  it('attack 53: leaves as JSON Lines with the texts that were hashed, and as CSV in which nothing is calculated', async () => {
    await seal();
    const download = async (format: 'jsonl' | 'csv') => {
      const answer = await officer.call(exportAuditEntries, {
        params: { accountId },
        query: { format, action: 'sites' },
      });
      assert.equal(answer.statusCode, 200);
      assert.equal(
        answer.headers['content-disposition'],
        `attachment; filename="audit-${accountId}.${format}"; filename*=UTF-8''audit-${accountId}.${format}`,
      );
      return answer.body;
    };
    const [header, first] = (await download('jsonl'))
      .split('\n')
      .map((line) => (line === '' ? {} : (JSON.parse(line) as Record<string, unknown>)));
    assert.deepEqual(header, {
      format: 'samtal-audit/v1',
      account: accountId,
      after: 0,
      hash: '0'.repeat(64),
      filtered: true,
    });
    const { rows } = await db.asOwner<{ body: string; hash: Buffer }>(
      "select body, hash from audit_entry where account_id = $1 and action = 'sites.changed'",
      [accountId],
    );
    assert.equal(first?.['body'], rows[0]?.body);
    assert.equal(first?.['hash'], rows[0]?.hash.toString('hex'));
    const csv = await download('csv');
    assert.match(csv, /^"seq","at","action"/);
    assert.ok(csv.includes(`"sites.changed","user","${officerId}","'=Öst, ""Q""","site","${site}"`), csv);
    await seal();
    assert.deepEqual(
      (await page({ action: 'audit.exported' })).items.map(({ details }) => details),
      [
        { format: 'csv', by: ['action'] },
        { format: 'jsonl', by: ['action'] },
      ],
    );
  });
});
