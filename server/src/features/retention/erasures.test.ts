import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { getConversation, findConversations } from '@samtal/contract/conversations';
import {
  getErasureRecord,
  getHold,
  liftHold,
  listDeletions,
  listErasures,
  listHolds,
  placeHold,
  previewErasure,
  requestErasure,
} from '@samtal/contract/retention';
import { exportSubjectData } from '@samtal/contract/subject-access';
import { endVisitorSession, startConversation } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { asMasked } from '../../../test/masked.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { seeded } from '../../../test/random.ts';
import { eventually } from '../../../test/socket.ts';
import { unzip } from '../../../test/unzip.ts';
import { visitorFrom } from '../../../test/visitor-from.ts';
import { verifyAudit, sealOutbox } from '../../platform/audit/index.ts';
import { Fanout } from '../../platform/fanout/index.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import { ConversationLog, findConversation } from '../conversations/index.ts';
import { rotateMarkedBuckets } from '../keys/index.ts';
import { changeSettings } from '../settings/index.ts';
import { setAttributes } from '../visitors/index.ts';
import { advanceErasures } from './advance-erasures.ts';
import { isRecordSigned } from './erasure-record.ts';

describe('an erasure', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let officer: Person;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { trustedProxies: ['127.0.0.0/8'] });
    account = await makeAccount(db, { origin: node.url.origin });
    officer = await makePerson(db, account, { url: node.url, roles: ['privacy-officer'], name: 'Disa' });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  const params = () => ({ accountId: account.id });
  const begin = async () => {
    const visitor = await makeVisitor(db, account, node.url);
    return await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello?' } });
  };
  const ask = async (subject: Parameters<typeof body>[0], id: string = randomUUID()) =>
    await officer.call(requestErasure, { params: params(), body: body(subject, id) });
  const body = (
    subject:
      | { kind: 'case'; caseId: string }
      | { kind: 'attribute'; attribute: string; value: string }
      | { kind: 'address'; address: string },
    id: string,
  ) => ({ id, subject, reference: 'DPO-7' });
  const advance = async () =>
    await advanceErasures({
      database: db.database,
      keyring: db.keyring,
      keys: new ConversationKeys(db.keyring),
      fanout: new Fanout(),
    });
  const one = async (id: string) => {
    const { items } = await officer.call(listErasures, { params: params() });
    return items.find((each) => each.id === id)!;
  };

  it('of a case goes through its states to the end, and each has a signed record that cannot be changed', async () => {
    const kept = await begin();
    const { id: conversationId, caseId } = await begin();
    const subject = { kind: 'case', caseId: caseId.toLowerCase() } as const;
    const preview = await officer.call(previewErasure, { params: params(), body: { subject } });
    assert.deepEqual([preview.conversations, preview.entries, preview.open, preview.held], [1, 2, 1, 0]);
    const id = randomUUID();
    const made = await ask(subject, id);
    assert.equal(made.state, 'live-erased');
    assert.deepEqual([made.conversations, made.remaining, made.requestedByName], [1, 0, 'Disa']);
    // The same again, as a console does that heard no answer.
    assert.deepEqual(await ask(subject, id), made);
    assert.equal(
      (await officer.try(getConversation, { params: { ...params(), conversationId } })).status,
      404,
    );
    await advance();
    assert.equal((await one(id)).state, 'live-erased');

    await rotateMarkedBuckets(db.database, new ConversationKeys(db.keyring));
    await advance();
    const rotated = await one(id);
    assert.equal(rotated.state, 'bucket-rotated');
    assert.ok(Date.parse(rotated.backupsUntil ?? '') > Date.now() + 7 * 24 * 60 * 60 * 1000);
    await db.asOwner("update erasure set backups_until = now() - interval '1 second' where id = $1", [id]);
    await advance();
    assert.equal((await one(id)).state, 'backups-expired');

    const record = await officer.call(getErasureRecord, { params: { ...params(), erasureId: id } });
    assert.ok(isRecordSigned(record));
    const said = JSON.parse(record.record) as Record<string, unknown>;
    assert.deepEqual(
      [said['format'], said['state'], said['conversations'], said['reference']],
      ['samtal-erasure-record/v1', 'backups-expired', 1, 'DPO-7'],
    );
    assert.ok(!record.record.includes(caseId) && !record.record.includes(conversationId));
    assert.ok(!isRecordSigned({ ...record, record: record.record.replace('DPO-7', 'DPO-8') }));
    const other = await makeAccount(db, { origin: node.url.origin });
    assert.ok(other.id);
    assert.ok(!isRecordSigned({ ...record, signature: Buffer.alloc(64).toString('base64') }));

    const { items } = await officer.call(listDeletions, { params: params(), query: { caseId } });
    assert.deepEqual(
      items.map((item) => [item.cause, item.erasureId]),
      [['erasure', id]],
    );
    const found = await officer.call(findConversations, { params: params(), query: { caseId: kept.caseId } });
    assert.equal(found.items.length, 1);
  });

  it('of a case under hold says so, waits, and goes on when the hold is lifted', async () => {
    const { id: conversationId, caseId } = await begin();
    const subject = { kind: 'case', caseId } as const;
    const hold = { caseId, reason: 'Case 12 of the court', until: null };
    await officer.call(placeHold, { params: params(), body: hold });
    const { items } = await officer.call(listHolds, { params: params() });
    assert.deepEqual(
      items.map((item) => [item.caseId, item.reason, item.placedByName, item.until]),
      [[caseId, 'Case 12 of the court', 'Disa', null]],
    );
    const preview = await officer.call(previewErasure, { params: params(), body: { subject } });
    assert.equal(preview.held, 1);
    const { id, state, held } = await ask(subject);
    assert.deepEqual([state, held], ['requested', 1]);
    await advance();
    assert.equal((await one(id)).state, 'requested');
    assert.equal(
      (await officer.try(getErasureRecord, { params: { ...params(), erasureId: id } })).status,
      404,
    );
    const shown = { params: { ...params(), conversationId } };
    assert.deepEqual(await officer.call(getHold, shown), { hold: { until: null, reason: hold.reason } });
    const supervisor = await makePerson(db, account, { url: node.url, roles: ['supervisor'] });
    assert.deepEqual(await supervisor.call(getHold, shown), { hold: { until: null, reason: null } });
    assert.equal((await supervisor.try(placeHold, { params: params(), body: hold })).status, 403);
    const stranger = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    assert.equal((await stranger.try(getHold, shown)).status, 404);

    await officer.call(liftHold, shown);
    assert.equal((await officer.try(liftHold, shown)).status, 404);
    await advance();
    assert.equal((await one(id)).state, 'live-erased');
  });

  it('attack 75: that meets a hold and an export at the same moment loses to the hold or leaves nothing, and the export is whole or says no', async (t) => {
    const random = seeded(t);
    const keys = new ConversationKeys(db.keyring);
    let held = 0;
    let erased = 0;
    for (let round = 0; round < 24; round += 1) {
      const { id, caseId } = await begin();
      const subject = { kind: 'case', caseId } as const;
      // Who begins is chance, and so is by how much.
      const afterChance = async <Result>(mostMs: number, work: () => Promise<Result>) => {
        await sleep(random.below(mostMs));
        return await work();
      };
      const erasureId = randomUUID();
      const [asked, placed, exported] = await Promise.all([
        afterChance(
          10,
          async () => await officer.try(requestErasure, { params: params(), body: body(subject, erasureId) }),
        ),
        // An erasure has more to do before it comes to the lock.
        afterChance(
          160,
          async () =>
            await officer.try(placeHold, {
              params: params(),
              body: { caseId, reason: 'a court', until: null },
            }),
        ),
        afterChance(
          100,
          async () =>
            await officer.try(exportSubjectData, {
              params: params(),
              body: { subject, locale: 'en', notes: 'included' },
            }),
        ),
      ]);
      const left = await db.asOwner(
        `select from conversation where id = $1 union all select from conversation_key where conversation_id = $1
         union all select from entry where conversation_id = $1`,
        [id],
      );
      if (placed.status < 300) {
        held += 1;
        assert.ok((left.rowCount ?? 0) >= 3, 'what is held is there');
        const found = await db.database.read(account.id, async (tx) => await keys.of(tx, account.id, [id]));
        assert.ok(found.has(id), 'and can be read');
        if (asked.status < 300) assert.equal((await one(erasureId)).state, 'requested');
        await officer.call(liftHold, { params: { ...params(), conversationId: id } });
      } else {
        erased += 1;
        assert.equal(placed.status, 404);
        assert.equal(left.rowCount, 0, 'what was erased left no text and no key');
      }
      if (exported.status === 404) continue;
      assert.equal(exported.status, 200);
      const files = unzip(exported.bytes);
      const { conversations, complete } = JSON.parse(files.get('data.json')?.toString() ?? '') as {
        conversations: { entries: { text: string | null }[] }[];
        complete: boolean;
      };
      assert.ok(complete && files.get('index.html')?.toString().endsWith('</html>\n'));
      // Erased in the middle of it, the case is left out; it is never there in part.
      for (const { entries } of conversations) assert.ok(entries.some(({ text }) => text === 'Hello?'));
    }
    t.diagnostic(`${held} were held first, ${erased} were erased first`);
    await advance();
  });

  it('of a customer takes every conversation that has the value, and keeps the value nowhere', async () => {
    const value = 'elsa.marker@example.org';
    await db.database.transaction(account.id, async (tx) => {
      await changeSettings(tx, account.id, {
        channelId: null,
        version: 0,
        set: {
          'visitors.attributes': [
            { key: 'email', label: 'E-mail', purpose: 'Answering', category: 'contact', indexed: true },
          ],
        },
        unset: [],
        by: { kind: 'operator' },
        reason: 'a test',
      });
    });
    const theirs = [await begin(), await begin()];
    const other = await begin();
    const keys = new ConversationKeys(db.keyring);
    const log = new ConversationLog(keys, new Fanout());
    for (const [index, { id }] of [...theirs, other].entries()) {
      const said = asMasked(index < 2 ? value : 'other@example.org');
      const values = new Map([['email', { text: said, changed: false }]]);
      await db.database.transaction(account.id, async (tx) => {
        const conversation = await findConversation(tx, account.id, id);
        await setAttributes(tx, { keys, keyring: db.keyring, log }, conversation, { values, by: 'page' });
      });
    }
    const made = await ask({ kind: 'attribute', attribute: 'email', value: value.toUpperCase() });
    assert.deepEqual([made.state, made.conversations, made.attribute], ['live-erased', 2, 'email']);
    const left = await officer.call(findConversations, { params: params(), query: { caseId: other.caseId } });
    assert.equal(left.items.length, 1);
    for (const table of ['erasure', 'erasure_case', 'deletion', 'audit_outbox', 'audit_entry'])
      assert.equal(
        (await db.asOwner(`select from ${table} t where t::text ilike '%elsa.marker%'`)).rowCount,
        0,
        table,
      );
    const unknown = body({ kind: 'attribute', attribute: 'shoe-size', value: '41' }, randomUUID());
    assert.equal((await officer.try(requestErasure, { params: params(), body: unknown })).status, 422);
  });

  it('of an address refuses what is none, and is done at once when there is nothing', async () => {
    const none = body({ kind: 'address', address: 'not-an-address' }, randomUUID());
    assert.equal((await officer.try(requestErasure, { params: params(), body: none })).status, 400);
    const made = await ask({ kind: 'address', address: '198.51.100.7' });
    assert.equal(made.logLines, 0);
    assert.equal(made.state, 'bucket-rotated');
  });

  it('of an address takes the visits in which it was seen out of the activity log, and leaves those of its neighbours', async () => {
    const [address, neighbours] = ['198.51.100.17', '198.51.100.18'];
    const theirs = await visitorFrom(node.url, account, address);
    await theirs.begin();
    // One who came from both addresses goes with either: it is one visit.
    const both = await visitorFrom(node.url, account, neighbours);
    await both.visitor.try(endVisitorSession, {}, theirs.from);
    const neighbour = await visitorFrom(node.url, account, neighbours);
    await neighbour.begin();
    const linesOf = async () => {
      const { rows } = await db.asOwner<{ visitor_id: string; lines: number }>(
        'select visitor_id, count(*)::int as lines from activity_entry where account_id = $1 group by visitor_id',
        [account.id],
      );
      return new Map(rows.map((row) => [row.visitor_id, row.lines]));
    };
    const ids = [theirs, both, neighbour].map(({ visitor }) => visitor.visitorId);
    await eventually(async () => {
      const lines = await linesOf();
      return ids.every((id) => lines.get(id) === 2);
    }, 'the activity log is written');
    const subject = { kind: 'address', address: '::ffff:198.51.100.17' } as const;
    const preview = await officer.call(previewErasure, { params: params(), body: { subject } });
    assert.deepEqual([preview.logLines, preview.conversations], [2, 0]);

    const made = await ask(subject);
    assert.deepEqual([made.state, made.logLines, made.conversations], ['live-erased', 2, 0]);
    const left = await linesOf();
    assert.deepEqual(
      ids.map((id) => left.get(id)),
      [undefined, undefined, 2],
    );
    const { rows: keys } = await db.asOwner<{ visitor_id: string }>(
      'select visitor_id from activity_session where visitor_id = any($1::uuid[])',
      [ids],
    );
    assert.deepEqual(keys, [{ visitor_id: neighbour.visitor.visitorId }]);
    const { items } = await officer.call(listDeletions, { params: params() });
    const logged = items.find(({ erasureId }) => erasureId === made.id);
    assert.deepEqual([logged?.dataClass, logged?.count, logged?.cause], ['activity-log', 2, 'erasure']);

    // A backup may still have them until the keys of their days are destroyed.
    await advance();
    assert.equal((await one(made.id)).state, 'live-erased');
    await db.asOwner("update erasure set live_erased_at = now() - interval '8 days' where id = $1", [
      made.id,
    ]);
    await advance();
    assert.equal((await one(made.id)).state, 'bucket-rotated');
    const record = await officer.call(getErasureRecord, { params: { ...params(), erasureId: made.id } });
    assert.ok(isRecordSigned(record));
    const said = JSON.parse(record.record) as Record<string, unknown>;
    assert.deepEqual([said['state'], said['logLines']], ['bucket-rotated', 2]);
    assert.ok(!record.record.includes(address));
    const changed = record.record.replace(/"logLines": ?2/, '"logLines": 1');
    assert.ok(changed !== record.record && !isRecordSigned({ ...record, record: changed }));
  });

  it('is for those who may, of cases that are there, and on the audit trail', async () => {
    const { caseId } = await begin();
    const subject = { kind: 'case', caseId } as const;
    for (const roles of [['administrator'], ['supervisor']] as const) {
      const person = await makePerson(db, account, { url: node.url, roles: [...roles] });
      const refused = await person.try(requestErasure, {
        params: params(),
        body: body(subject, randomUUID()),
      });
      assert.equal(refused.status, 403);
    }
    const elsewhere = await makeAccount(db, { origin: node.url.origin });
    const foreign = await makePerson(db, elsewhere, { url: node.url, roles: ['privacy-officer'] });
    const there = { params: { accountId: elsewhere.id }, body: body(subject, randomUUID()) };
    assert.equal((await foreign.try(requestErasure, there)).status, 404);
    const past = { caseId, reason: 'x', until: new Date(Date.now() - 1000).toISOString() };
    assert.equal((await officer.try(placeHold, { params: params(), body: past })).status, 409);
    const auditKey = db.keyring.purposeKey('audit');
    while ((await db.database.transaction('platform', async (tx) => await sealOutbox(tx, auditKey))) > 0);
    const { publicKey } = await db.keyring.signingKey();
    const verdict = await verifyAudit(db.database, { head: auditKey, publicKey, directory: null });
    assert.deepEqual(verdict.faults, []);
    const { rows } = await db.asOwner<{ action: string }>(
      "select distinct body::jsonb ->> 'action' as action from audit_entry where body like '%retention.%' order by 1",
    );
    assert.deepEqual(
      rows.map((row) => row.action),
      [
        'retention.deleted',
        'retention.erasure-advanced',
        'retention.erasure-previewed',
        'retention.erasure-requested',
        'retention.hold-lifted',
        'retention.hold-placed',
      ],
    );
  });
});
