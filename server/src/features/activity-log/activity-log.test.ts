import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { listActivityReadings, lookUpAddress } from '@samtal/contract/activity-log';
import { endVisitorSession } from '@samtal/contract/widget';
import { makeAccount, makePerson, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { eventually, TestSocket } from '../../../test/socket.ts';
import { visitorFrom as seenFrom } from '../../../test/visitor-from.ts';
import { sealOutbox } from '../../platform/audit/index.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import { changeSettings } from '../settings/index.ts';
import { dayOf } from './activity.ts';
import { DayKeys } from './activity-keys.ts';
import {
  ActivityLog,
  activityOfConversation,
  countSessionsFrom,
  dropExpiredActivity,
  eraseActivityOfVisitors,
  eraseAddress,
  eraseLookUpReasons,
  readAsOperator,
  type Activity,
} from './index.ts';
import { readActivity } from './read-activity.ts';

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const reason = 'Threat against staff, reported';

/** Addresses that appear nowhere by chance: TEST-NET-2 (RFC 5737) and the documentation prefix (RFC 3849). */
const addresses = {
  four: `198.51.100.${randomInt(1, 255)}`,
  six: `2001:db8:${randomInt(1, 9999).toString(16)}::${randomInt(1, 9999).toString(16)}`,
};

describe('the activity log', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  const lines = keptLog();
  const later = 24 * 60 * 60_000;

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { log: lines.log, trustedProxies: ['127.0.0.0/8'] });
    account = await makeAccount(db, { origin: node.url.origin });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  const set = async (of: string, values: Record<string, unknown>, channelId: string | null = null) =>
    await db.database.transaction(of, async (tx) => {
      await changeSettings(tx, of, {
        channelId,
        version: 0,
        set: values,
        unset: [],
        by: { kind: 'operator' },
        reason: 'a test',
      });
    });
  const read = async (of: string, wanted: Parameters<typeof readActivity>[3] = 'everything') =>
    await db.database.read(of, async (tx) => await readActivity(tx, db.keyring, of, wanted));

  const visitorFrom = async (of: TestAccount, address: string) => {
    const { begin, ...rest } = await seenFrom(node.url, of, address);
    return { ...rest, begin: async () => (await begin()).id };
  };

  /** Notes and writes at once, at whatever time. */
  async function noted(of: TestAccount, activity: Partial<Activity> = {}): Promise<Activity> {
    const whole: Activity = {
      account: of.id,
      siteId: of.siteId,
      visitorId: randomUUID(),
      kind: 'connected',
      at: new Date(),
      address: addresses.four,
      userAgent: agent,
      ...activity,
    };
    const log = new ActivityLog({
      database: db.database,
      keyring: db.keyring,
      log: lines.log,
      maskPath: async (_account, _siteId, path) => path.replaceAll('secret', 'masked'),
    });
    log.note(whole);
    await log.flush();
    return whole;
  }

  it('keeps what a visitor does, with the address that a trusted proxy tells of', async () => {
    const { visitor, begin, from } = await visitorFrom(account, addresses.six);
    const conversationId = await begin();
    const socket = await TestSocket.asVisitor(visitor, node.url, from);
    socket.close();
    await visitor.try(endVisitorSession, {}, from);
    const wanted = { visitorId: visitor.visitorId };
    await eventually(async () => (await read(account.id, wanted)).length === 6, 'everything is written');
    const entries = await read(account.id, wanted);
    assert.deepEqual(
      entries.map(({ kind }) => kind).toSorted(),
      [
        'connected',
        'conversation-ended',
        'conversation-started',
        'disconnected',
        'session-ended',
        'session-started',
      ].toSorted(),
    );
    for (const entry of entries) {
      assert.equal(entry.address, addresses.six);
      assert.equal(entry.agent, 'firefox desktop');
      if (entry.kind.startsWith('conversation')) assert.equal(entry.conversationId, conversationId);
    }
  });

  it('attack 46: believes no proxy that is not trusted', async () => {
    const other = await startTestNode(db, { publicUrl: node.url });
    try {
      const { visitor, begin } = await visitorFrom(account, addresses.four);
      await begin();
      const socket = await TestSocket.asVisitor(visitor, other.url, { 'x-forwarded-for': '203.0.113.9' });
      socket.close();
      const connected = async () =>
        (await read(account.id, { visitorId: visitor.visitorId })).filter(({ kind }) => kind === 'connected');
      await eventually(async () => (await connected()).length === 1, 'it is written');
      assert.equal((await connected())[0]?.address, '127.0.0.1');
    } finally {
      await other.stop();
    }
  });

  it('is the only place where an address is, and says it there to nobody without the key', async () => {
    const { visitor, begin, from } = await visitorFrom(account, addresses.four);
    await begin();
    (await TestSocket.asVisitor(visitor, node.url, from)).close();
    await noted(account, { address: addresses.six });
    await eventually(
      async () => (await read(account.id, { visitorId: visitor.visitorId })).length >= 4,
      'it is written',
    );
    await db.database.transaction(
      'platform',
      async (tx) => await sealOutbox(tx, db.keyring.purposeKey('audit')),
    );
    const { rows: tables } = await db.asOwner<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    assert.ok(tables.length > 30);
    const forms = Object.values(addresses).flatMap((address) => [
      address,
      Buffer.from(address).toString('base64').slice(0, 12),
      Buffer.from(address).toString('hex'),
    ]);
    for (const { name } of tables) {
      const { rows } = await db.asOwner<{ whole: string }>(`select row::text as whole from ${name} row`);
      for (const { whole } of rows) for (const form of forms) assert.ok(!whole.includes(form), name);
    }
    for (const line of lines.lines) for (const form of forms) assert.ok(!line.includes(form), line);
    const { rows } = await db.asOwner<{ count: number }>('select count(*)::int as count from activity_entry');
    assert.ok((rows[0]?.count ?? 0) > 4, 'there was something to find');
  });

  it('keeps nothing at the level off, and pages only at the level pages', async () => {
    const off = await makeAccount(db, { origin: node.url.origin });
    const pages = await makeAccount(db, { origin: node.url.origin });
    await set(off.id, { 'activity-log.level': 'pages' });
    // The site says otherwise than its account.
    await set(off.id, { 'activity-log.level': 'off' }, off.siteId);
    await set(pages.id, { 'activity-log.level': 'pages' });
    for (const place of [off, pages, account]) {
      await noted(place, {
        kind: 'page',
        path: '/secret/orders/1234567?who=me#there',
        address: '192.0.2.77',
      });
    }
    await noted(off);
    assert.deepEqual(await read(off.id), []);
    const { rows } = await db.asOwner('select from activity_session where account_id = $1', [off.id]);
    assert.equal(rows.length, 0);
    assert.deepEqual(
      (await read(pages.id)).map(({ path }) => path),
      ['/masked/orders/•'],
    );
    assert.deepEqual(await read(account.id, { address: '192.0.2.77' }), []);
  });

  it('keeps the pages that a visitor’s browser tells of, as the account masks them', async () => {
    const of = await makeAccount(db, { origin: node.url.origin });
    const rule = { id: 'r', name: 'R', pattern: 'hemlig', ignoreCase: true, keep: 0, enabled: true };
    await set(of.id, {
      'activity-log.level': 'pages',
      'masking.rules': [{ ...rule, action: 'mask' }],
    });
    const { visitor, from } = await visitorFrom(of, addresses.four);
    const socket = await TestSocket.asVisitor(visitor, node.url, from);
    socket.send({ t: 'page', path: '/skola/forskola' });
    socket.send({ t: 'page', path: '/mina/hemlig-sida' });
    socket.send({ t: 'page', path: '/orders/20261125' });
    const pages = async () =>
      (await read(of.id, { visitorId: visitor.visitorId })).filter(({ kind }) => kind === 'page');
    await eventually(async () => (await pages()).length === 3, 'all are written');
    assert.deepEqual((await pages()).map(({ path }) => path ?? '').toSorted(), [
      '/mina/******-sida',
      '/orders/•',
      '/skola/forskola',
    ]);
    socket.close();
  });

  it('cannot be read once the key of the day is destroyed', async () => {
    const of = await makeAccount(db, { origin: node.url.origin });
    const { visitorId, at } = await noted(of);
    const keys = new DayKeys(db.keyring);
    const sessions = async () =>
      await db.database.read(
        of.id,
        async (tx) => await keys.sessions(tx, of.id, { day: dayOf(at), visitorIds: [visitorId] }),
      );
    assert.equal((await sessions()).size, 1);
    await keys.destroy(of.id, dayOf(at));
    assert.equal((await sessions()).size, 0);
    assert.deepEqual(await read(of.id), []);
    const { rows } = await db.asOwner('select from activity_entry where account_id = $1', [of.id]);
    assert.equal(rows.length, 1, 'although the row is still there');
  });

  it('gives up days past their time, the key first, and seven days whatever a setting says', async () => {
    const of = await makeAccount(db, { origin: node.url.origin });
    const now = new Date();
    const ages = [0, 1, 2, 6, 7, 8];
    for (const age of ages) await noted(of, { at: new Date(now.getTime() - age * later) });
    assert.equal((await read(of.id)).length, 4, 'older days are not read, although they are still there');
    const told: number[] = [];
    const parts = {
      ...db,
      keys: new ConversationKeys(db.keyring),
      deleting: async (_: unknown, account: string, count: number) => {
        assert.equal(account, of.id);
        told.push(count);
        await Promise.resolve();
      },
    };
    const dropped = await dropExpiredActivity(parts, of.id, now);
    assert.deepEqual(dropped, { days: 2, sessions: 2, readings: 0 });
    assert.deepEqual(told, [1, 1]);
    const keys = new DayKeys(db.keyring);
    assert.equal((await keys.days(of.id)).length, 4);
    await set(of.id, { 'retention.activity-log-days': 1 });
    assert.equal((await read(of.id)).length, 1);
    await dropExpiredActivity(parts, of.id, now);
    assert.deepEqual(await keys.days(of.id), [dayOf(now)]);
    const { rows } = await db.asOwner('select from activity_session where account_id = $1', [of.id]);
    assert.equal(rows.length, 1);
    // Interrupted between key and rows: the next run goes on.
    await keys.destroy(of.id, dayOf(now));
    await dropExpiredActivity(parts, of.id, new Date(now.getTime() + later));
    const left = await db.asOwner('select from activity_session where account_id = $1', [of.id]);
    assert.equal(left.rows.length, 0);
  });

  it('erases every session in which an address was seen, and no other', async () => {
    const of = await makeAccount(db, { origin: node.url.origin });
    const seen = await noted(of, { address: '2001:db8::1:2' });
    await noted(of, { visitorId: seen.visitorId, address: '192.0.2.1' });
    await noted(of, { visitorId: seen.visitorId, address: '192.0.2.1', at: new Date(Date.now() - later) });
    const neighbour = await noted(of, { address: '192.0.2.2' });
    const elsewhere = await makeAccount(db, { origin: node.url.origin });
    await noted(elsewhere, { address: '2001:db8::1:2' });
    // However it is written.
    const address = '2001:0DB8:0:0:0:0:1:2';
    const [count, erased] = await db.database.transaction(of.id, async (tx) => [
      await countSessionsFrom(tx, db.keyring, of.id, address),
      await eraseAddress(tx, db.keyring, of.id, address),
    ]);
    assert.deepEqual([count, erased], [1, 1]);
    const left = await read(of.id);
    assert.deepEqual(
      left.map(({ visitorId, address: from }) => [visitorId, from]),
      [
        [seen.visitorId, '192.0.2.1'],
        [neighbour.visitorId, '192.0.2.2'],
      ],
    );
    assert.equal((await read(elsewhere.id)).length, 1);
    const gone = await db.database.transaction(
      of.id,
      async (tx) => await eraseActivityOfVisitors(tx, of.id, [neighbour.visitorId]),
    );
    assert.equal(gone, 1);
    assert.equal((await read(of.id)).length, 1);
  });

  it('attack 38: refuses an entry that was moved to another visitor', async () => {
    const of = await makeAccount(db, { origin: node.url.origin });
    const one = await noted(of);
    const other = await noted(of);
    await db.asOwner('update activity_entry set visitor_id = $1 where account_id = $2 and visitor_id = $3', [
      other.visitorId,
      of.id,
      one.visitorId,
    ]);
    await assert.rejects(read(of.id), /changed, moved, or sealed/);
  });

  describe('is looked up', () => {
    it('by the case, with a reason, by those who may where it is; and that is recorded', async () => {
      const of = await makeAccount(db, { origin: node.url.origin });
      const { begin, visitor } = await visitorFrom(of, addresses.four);
      const conversationId = await begin();
      await eventually(
        async () => (await read(of.id, { visitorId: visitor.visitorId })).length === 2,
        'it is written',
      );
      const officer = await makePerson(db, of, { url: node.url, roles: ['privacy-officer'] });
      const params = { accountId: of.id, conversationId };
      const { sightings, keptDays } = await officer.call(lookUpAddress, { params, body: { reason } });
      assert.equal(keptDays, 7);
      assert.deepEqual(
        sightings.map(({ kind, address, agent: seen }) => [kind, address, seen]),
        [
          ['session-started', addresses.four, 'firefox desktop'],
          ['conversation-started', addresses.four, 'firefox desktop'],
        ],
      );
      assert.deepEqual(await audited(of.id, 'activity-log.address-looked-up'), [
        {
          action: 'activity-log.address-looked-up',
          actor: { kind: 'user', id: officer.userId },
          subject: { kind: 'conversation', id: conversationId },
          details: { reasonGiven: true, found: 2, elevatedBy: 'password' },
        },
      ]);
      const { items } = await officer.call(listActivityReadings, { params: { accountId: of.id } });
      assert.equal(items.length, 1);
      assert.equal(items[0]?.reason, reason);
      assert.equal(items[0]?.readBy, officer.userId);
      const { rows } = await db.asOwner<{ reason: Buffer }>('select reason from activity_reading');
      assert.ok(rows.every((row) => !row.reason.includes(reason)));
      await db.database.transaction(
        of.id,
        async (tx) => await eraseLookUpReasons(tx, of.id, [conversationId]),
      );
      const after = await officer.call(listActivityReadings, { params: { accountId: of.id } });
      assert.equal(after.items[0]?.reason, null);
    });

    it('by nobody without the authorisation, and that is recorded too', async () => {
      const of = await makeAccount(db, { origin: node.url.origin });
      const { begin } = await visitorFrom(of, addresses.four);
      const conversationId = await begin();
      const params = { accountId: of.id, conversationId };
      for (const role of ['administrator', 'supervisor', 'agent', 'analyst', 'coach'] as const) {
        const person = await makePerson(db, of, { url: node.url, roles: [role] });
        const answer = await person.try(lookUpAddress, { params, body: { reason } });
        const mayFind = role === 'supervisor' || role === 'analyst' || role === 'coach';
        // Agents see it because it waits where they may take it.
        const expected = mayFind || role === 'agent' ? 403 : 404;
        assert.equal(answer.status, expected, role);
        assert.ok(!answer.text.includes(addresses.four));
        const refused = await audited(of.id, 'activity-log.look-up-refused');
        assert.equal(
          refused.filter(({ actor }) => actor.id === person.userId).length,
          expected === 403 ? 1 : 0,
          role,
        );
      }
      assert.deepEqual(await audited(of.id, 'activity-log.address-looked-up'), []);
      const elsewhere = await makePerson(db, of, {
        url: node.url,
        roles: ['privacy-officer'],
        scope: { queue: [randomUUID()] },
      });
      assert.equal((await elsewhere.try(lookUpAddress, { params, body: { reason } })).status, 404);
    });

    it('by nobody without a reason of some substance', async () => {
      const { begin } = await visitorFrom(account, addresses.four);
      const params = { accountId: account.id, conversationId: await begin() };
      const officer = await makePerson(db, account, { url: node.url, roles: ['privacy-officer'] });
      for (const poor of ['', 'short', '               ', 'too short  ', 'x'.repeat(501)]) {
        const answer = await officer.try(lookUpAddress, { params, body: { reason: poor } });
        assert.equal(answer.status, 400, JSON.stringify(poor));
      }
    });
  });

  it('is read at large by operators alone, on both audit trails', async () => {
    const of = await makeAccount(db, { origin: node.url.origin });
    const { visitorId } = await noted(of);
    const entries = await readAsOperator(db, of.id, { wanted: 'everything', reason });
    assert.deepEqual(
      entries.map((entry) => entry.visitorId),
      [visitorId],
    );
    for (const chain of [of.id, '00000000-0000-0000-0000-000000000000']) {
      const [record] = (await audited(chain, 'activity-log.read')).filter(
        ({ subject }) => subject.id === of.id,
      );
      assert.deepEqual(record?.details, { by: 'everything', reasonGiven: true });
    }
    const found = await db.database.read(
      of.id,
      async (tx) => await activityOfConversation(tx, db.keyring, of.id, { visitor_id: visitorId }),
    );
    assert.equal(found.length, 1);
  });

  /** What the audit says that has happened, sealed or not. */
  async function audited(of: string, action: string) {
    const { rows } = await db.asOwner<{ body: string }>(
      `select body from audit_outbox where account_id = $1
       union all select body from audit_entry where account_id = $1`,
      [of],
    );
    return rows
      .map(
        ({ body }) =>
          JSON.parse(body) as {
            action: string;
            actor: { id?: string };
            subject: { id: string };
            details?: object;
          },
      )
      .filter((event) => event.action === action);
  }
});
