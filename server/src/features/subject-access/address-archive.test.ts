import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { listActivityReadings } from '@samtal/contract/activity-log';
import type { BodyOf } from '@samtal/contract/endpoint';
import { SubjectDocument, type exportAddressLines } from '@samtal/contract/subject-access';
import { endVisitorSession } from '@samtal/contract/widget';
import { makeAccount, makePerson, type Person, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { eventually } from '../../../test/socket.ts';
import { tableContents } from '../../../test/table-contents.ts';
import { unzip } from '../../../test/unzip.ts';
import { visitorFrom } from '../../../test/visitor-from.ts';
import { compileExact } from '../../platform/http/index.ts';
import { ActivityLog } from '../activity-log/index.ts';

const reason = 'Came to the desk with the contract of the line';
const dayMs = 24 * 60 * 60_000;
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

describe('subject access by address', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let officer: Person;
  const kept = keptLog();
  const conforms = compileExact(SubjectDocument);
  const theirs = `2001:db8:${randomInt(1, 9999).toString(16)}::${randomInt(1, 9999).toString(16)}`;
  const neighbours = `198.51.100.${randomInt(1, 255)}`;

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { log: kept.log, trustedProxies: ['127.0.0.0/8'] });
    account = await makeAccount(db, { origin: node.url.origin });
    officer = await makePerson(db, account, { url: node.url, roles: ['privacy-officer'] });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  async function exported(person: Person, body: Partial<BodyOf<typeof exportAddressLines>>) {
    const response = await fetch(
      new URL(`/api/v1/accounts/${person.accountId}/subject-access/addresses`, node.url),
      {
        method: 'POST',
        headers: {
          cookie: person.cookie,
          origin: node.url.origin,
          'x-csrf-token': await person.csrfToken(),
          'content-type': 'application/json',
        },
        body: JSON.stringify({ address: theirs, since: null, until: null, reason, locale: 'en', ...body }),
      },
    );
    const bytes = Buffer.from(await response.arrayBuffer());
    const files = response.status === 200 ? unzip(bytes) : new Map<string, Buffer>();
    return { status: response.status, text: bytes.toString(), files };
  }
  async function documentOf(body: Partial<BodyOf<typeof exportAddressLines>> = {}) {
    const { status, text, files } = await exported(officer, body);
    assert.equal(status, 200, text);
    const document = JSON.parse(files.get('data.json')?.toString() ?? '') as SubjectDocument;
    assert.ok(conforms(document), JSON.stringify(conforms.errors));
    return { document, html: files.get('index.html')?.toString() ?? '', names: [...files.keys()] };
  }
  /** Writes at once what happened on some day. */
  async function noted(of: TestAccount, address: string, days: readonly number[], each = 1): Promise<void> {
    const maskPath = async (_: string, __: string, path: string) => await Promise.resolve(path);
    const log = new ActivityLog({ database: db.database, keyring: db.keyring, log: kept.log, maskPath });
    for (const day of days)
      for (let count = 0; count < each; count += 1)
        log.note({
          account: of.id,
          siteId: of.siteId,
          visitorId: randomUUID(),
          kind: 'connected',
          at: new Date(Date.now() - day * dayMs),
          address,
          userAgent: undefined,
        });
    await log.flush();
  }
  async function audited(of: string) {
    const { rows } = await db.asOwner<{ body: string }>(
      `select body from audit_outbox where account_id = $1
       union all select body from audit_entry where account_id = $1`,
      [of],
    );
    return rows
      .map(({ body }) => JSON.parse(body) as { action: string; actor: object; details: object })
      .filter(({ action }) => action === 'activity-log.address-exported');
  }

  it('holds the lines of this address and nothing else, and is on record with its reason', async () => {
    const one = await visitorFrom(node.url, account, theirs);
    const { caseId, id } = await one.begin();
    const moved = { ...one.from, 'x-forwarded-for': neighbours };
    await one.visitor.try(endVisitorSession, {}, moved);
    const other = await visitorFrom(node.url, account, neighbours);
    await other.begin();
    const lines = async () => {
      const { rows } = await db.asOwner('select from activity_entry where account_id = $1', [account.id]);
      return rows.length;
    };
    // The end of the conversation is noted with the end of the session.
    await eventually(async () => (await lines()) === 6, 'the activity log is written');
    const before = await tableContents(db);

    const { document, html, names } = await documentOf({ address: ` ${theirs.toUpperCase()} ` });
    assert.deepEqual(names, ['data.json', 'index.html']);
    assert.deepEqual(document.subject, { kind: 'address', address: theirs, since: null, until: null });
    assert.deepEqual([document.notes, document.conversations, document.complete], [null, [], true]);
    assert.deepEqual(
      document.activity.map(({ kind, address, agent }) => [kind, address, agent]),
      [
        ['session-started', theirs, 'firefox desktop'],
        ['conversation-started', theirs, 'firefox desktop'],
      ],
    );
    assert.ok(html.includes(theirs) && html.includes('Lines: 2') && html.endsWith('</html>\n'));
    for (const hidden of [neighbours, caseId, id, one.visitor.visitorId])
      assert.ok(!JSON.stringify(document).includes(hidden) && !html.includes(hidden), hidden);

    const after = await tableContents(db);
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    assert.deepEqual(changed, ['activity_reading'], 'the server keeps nothing but that it was done');
    assert.deepEqual(await audited(account.id), [
      {
        action: 'activity-log.address-exported',
        actor: { kind: 'user', id: officer.userId },
        subject: { kind: 'account', id: account.id },
        details: { reasonGiven: true, found: 2, elevatedBy: 'password' },
      },
    ]);
    const { items } = await officer.call(listActivityReadings, { params: { accountId: account.id } });
    assert.deepEqual(
      items.map(({ readBy, caseId: of, reason: why, found }) => [readBy, of, why, found]),
      [[officer.userId, null, reason, 2]],
    );
    assert.ok(!kept.lines.some((line) => line.includes(theirs)));
  });

  it('holds only the days that are asked for, and none that is past its time', async () => {
    const of = await makeAccount(db, { origin: node.url.origin });
    officer = await makePerson(db, of, { url: node.url, roles: ['privacy-officer'] });
    await noted(of, theirs, [8, 3, 2, 1, 0]);
    const now = Date.now();
    const daysIn = async (since: string | null, until: string | null) =>
      (await documentOf({ since, until })).document.activity.map(({ at }) => at.slice(0, 10));
    const ago = (...days: number[]) => days.map((day) => dayOf(now - day * dayMs));
    assert.deepEqual(await daysIn(null, null), ago(3, 2, 1, 0));
    const [two, one] = ago(2, 1);
    assert.deepEqual(await daysIn(two!, one!), ago(2, 1));
    assert.deepEqual(await daysIn(one!, null), ago(1, 0));
    const none = await exported(officer, { since: dayOf(now - 20 * dayMs), until: dayOf(now - 9 * dayMs) });
    assert.equal(none.status, 404);
    assert.equal((await exported(officer, { since: 'yesterday' })).status, 400);
  });

  it('is whole when very many visitor sessions came from one address', async () => {
    const of = await makeAccount(db, { origin: node.url.origin });
    officer = await makePerson(db, of, { url: node.url, roles: ['privacy-officer'] });
    await noted(of, theirs, [1, 0], 501);
    await noted(of, neighbours, [0], 3);
    assert.equal((await documentOf()).document.activity.length, 1002);
  });

  it('is refused without the authorisation for the whole account, a reason of some substance, or an address', async () => {
    const of = await makeAccount(db, { origin: node.url.origin });
    await noted(of, theirs, [0]);
    const scope = { queue: [of.queueId] };
    for (const [roles, more] of [
      [['administrator'], {}],
      [['supervisor'], {}],
      [['analyst'], {}],
      [['privacy-officer'], { scope }],
    ] as const) {
      const person = await makePerson(db, of, { url: node.url, roles: [...roles], ...more });
      const refused = await exported(person, {});
      assert.equal(refused.status, 403, refused.text);
    }
    const elsewhere = await exported(officer, {});
    assert.equal(elsewhere.status, 200, 'the officer of another account gets what is in that one');
    officer = await makePerson(db, of, { url: node.url, roles: ['privacy-officer'] });
    for (const poor of ['', 'short', '               '])
      assert.equal((await exported(officer, { reason: poor })).status, 400, poor);
    for (const address of ['not-an-address', '1', '0x7f.1', '192.0.2.300']) {
      const refused = await exported(officer, { address });
      assert.equal(refused.status, 400);
      assert.ok(address.length < 3 || !refused.text.includes(address));
    }
    assert.deepEqual(await audited(of.id), []);
  });

  it('of an address that the log says nothing of is refused, and on record all the same', async () => {
    const of = await makeAccount(db, { origin: node.url.origin });
    officer = await makePerson(db, of, { url: node.url, roles: ['privacy-officer'] });
    assert.equal((await exported(officer, {})).status, 404);
    assert.deepEqual(
      (await audited(of.id)).map(({ details }) => details),
      [{ reasonGiven: true, found: 0, elevatedBy: 'password' }],
    );
  });
});
