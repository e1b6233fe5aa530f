import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  readEntries,
  streamName,
  takeConversation,
  transferConversation,
} from '@samtal/contract/conversations';
import { setPresence } from '@samtal/contract/routing';
import { restoreVersion } from '@samtal/contract/history';
import { changeSettings, getSettings } from '@samtal/contract/settings';
import { startConversation } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { eventually, TestSocket } from '../../../test/socket.ts';
import { Masker, RuleWorkers } from './index.ts';

const card = '4111 1111 1111 1111';
const rule = (id: string, pattern: string) => ({
  id,
  name: id,
  pattern,
  ignoreCase: true,
  action: 'mask' as const,
  keep: 0,
  enabled: true,
});

describe('masking on the server', () => {
  let db: TestDatabase;
  let node: TestNode;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  /** Settings as they would be after a change that was not judged, which is the worst that can happen. */
  async function settle(account: TestAccount, body: object, objectId = account.id): Promise<void> {
    await db.asOwner(
      `insert into configuration_version (account_id, kind, object_id, version, body, reason)
       values ($1, 'settings', $2, 1, $3, 'a test')`,
      [account.id, objectId, JSON.stringify(body)],
    );
  }

  async function talk(body: object = {}) {
    const account = await makeAccount(db, { origin: node.url.origin });
    await settle(account, body);
    const agent = await makePerson(db, account, { url: node.url, roles: ['supervisor', 'administrator'] });
    const visitor = await makeVisitor(db, account, node.url);
    const { id } = await visitor.call(startConversation, {
      params: { siteKey: account.siteKey },
      body: { cid: randomUUID(), text: `begin ${card} at 10` },
    });
    const params = { accountId: account.id, conversationId: id };
    await agent.call(setPresence, { params: { accountId: account.id }, body: { state: 'away' } });
    await agent.call(takeConversation, { params });
    return { account, agent, visitor, id, params };
  }

  async function textsOf(agent: Person, params: { accountId: string; conversationId: string }) {
    const texts: unknown[] = [];
    for (const audience of ['public', 'internal'] as const) {
      const { entries } = await agent.call(readEntries, { params, query: { audience } });
      for (const { body } of entries) if ('text' in body) texts.push(body.text);
    }
    return texts;
  }

  it('attack 70: masks what is begun with, posted by either side, noted, and said when handing over', async (t) => {
    const { account, agent, visitor, id, params } = await talk();
    const [theirs, ours] = [await TestSocket.asVisitor(visitor, node.url), await TestSocket.asAgent(agent)];
    t.after(() => [theirs, ours].forEach(({ socket }) => socket.terminate()));
    for (const [socket, stream, kind] of [
      [theirs, streamName(id, 'public'), 'message'],
      [ours, streamName(id, 'public'), 'message'],
      [ours, streamName(id, 'internal'), 'note'],
    ] as const) {
      socket.send({ t: 'sub', streams: [{ stream, after: 0 }] });
      const cid = socket.post(stream, `${kind} 4111-1111-1111-1111`, { kind });
      const frame = await socket.next(
        (each) => each.t === 'entries' && each.entries.some((entry) => entry.cid === cid),
      );
      assert.ok(
        frame.t === 'entries' && !JSON.stringify(frame).includes('4111-1111'),
        'nor in what the writer gets',
      );
    }
    await agent.call(transferConversation, {
      params,
      body: { queueId: account.queueId, note: 'handing over 5555555555554444' },
    });
    assert.deepEqual(await textsOf(agent, params), [
      'begin **** **** **** 1111 at 10',
      'message ****-****-****-1111',
      'message ****-****-****-1111',
      'note ****-****-****-1111',
      'handing over ************4444',
    ]);
  });

  it('masks what finishes a number that the same writer began in the message before', async (t) => {
    const { agent, visitor, id, params } = await talk();
    const [theirs, ours] = [await TestSocket.asVisitor(visitor, node.url), await TestSocket.asAgent(agent)];
    t.after(() => [theirs, ours].forEach(({ socket }) => socket.terminate()));
    const stream = streamName(id, 'public');
    const post = async (socket: TestSocket, text: string) => {
      const cid = socket.post(stream, text, { kind: 'message' });
      await socket.next((frame) => frame.t === 'ack' && frame.cid === cid);
    };
    await post(theirs, 'it is 4111 1111');
    await post(ours, '1111 1111');
    await post(theirs, '1111 1111, thanks');
    await post(theirs, '1111 1111');
    // Sent at once, so that nothing but the order of turns keeps them apart.
    const cids = ['5555 5555', '5555 4444'].map((text) => theirs.post(stream, text, { kind: 'message' }));
    for (const cid of cids) await theirs.next((frame) => frame.t === 'ack' && frame.cid === cid);
    assert.deepEqual((await textsOf(agent, params)).slice(1), [
      'it is 4111 1111',
      '1111 1111',
      '**** ****, thanks',
      '1111 1111',
      '5555 5555',
      '**** ****',
    ]);
  });

  it('goes by the settings of the channel, and redacts the digits of visitors only where the account says so', async () => {
    const account = await makeAccount(db, { origin: node.url.origin });
    await settle(account, {
      'masking.cards': false,
      'redaction.mode': 'at-once',
      'redaction.least-digits': 5,
    });
    const rules = new RuleWorkers();
    const masker = new Masker({ database: db.database, rules, log: keptLog().log });
    const mask = async (channelId: string | null, side: 'visitor' | 'agent') =>
      (await masker.mask(account.id, { channelId, side }, 'card 5555555555554444')).text;
    assert.equal(await mask(null, 'agent'), 'card 5555555555554444');
    assert.equal(await mask(null, 'visitor'), 'card ****************');
    await settle(account, { 'masking.cards': true }, account.siteId);
    assert.equal(await mask(account.siteId, 'agent'), 'card ************4444');
    assert.equal(await mask(account.siteId, 'visitor'), 'card ************4444');
  });

  it('keeps numbers apart where they may be read for some time, with everything else masked', async () => {
    const account = await makeAccount(db, { origin: node.url.origin });
    const number = 'call 731 204 9958 or 4111 1111 1111 1111';
    for (const masked of [{}, { 'masking.rules': [rule('r', 'call')] }]) {
      const rules = new RuleWorkers();
      const masker = new Masker({ database: db.database, rules, log: keptLog().log });
      for (const [mode, channelId, dueHours] of [
        ['resolved', null, null],
        ['hours', account.siteId, 48],
      ] as const) {
        await settle(
          account,
          { 'redaction.mode': mode, 'redaction.least-digits': 6, 'redaction.after-hours': 48, ...masked },
          channelId ?? account.id,
        );
        const { text, original } = await masker.mask(account.id, { channelId, side: 'visitor' }, number);
        const call = 'masking.rules' in masked ? '****' : 'call';
        assert.equal(text, `${call} *** *** **** or **** **** **** 1111`);
        assert.deepEqual(original, { text: `${call} 731 204 9958 or **** **** **** 1111`, dueHours });
        const plain = await masker.mask(account.id, { channelId, side: 'visitor' }, 'no number: 12 345');
        assert.equal(plain.original, null);
        assert.equal((await masker.mask(account.id, { channelId, side: 'agent' }, number)).original, null);
      }
      await rules.stop();
      await db.asOwner('delete from configuration_version where account_id = $1', [account.id]);
    }
  });

  it('applies the rules of an account', async () => {
    const { agent, params } = await talk({ 'masking.rules': [rule('r', 'begin')] });
    assert.deepEqual(await textsOf(agent, params), ['***** **** **** **** 1111 at 10']);
  });

  it('fails closed when rules that stand in the settings cannot be used', async () => {
    const { agent, params } = await talk({ 'masking.rules': [rule('broken', '(')] });
    assert.deepEqual(await textsOf(agent, params), ['begin **** **** **** 1111 at **']);
  });

  it('refuses to publish rules that do not compile, are slow, or would be stopped by force, and says why', async () => {
    const account = await makeAccount(db, { origin: node.url.origin });
    const administrator = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    const publish = async (...rules: ReturnType<typeof rule>[]) =>
      await administrator.try(changeSettings, {
        params: { accountId: account.id },
        body: { channelId: null, version: 0, set: { 'masking.rules': rules }, unset: [], reason: 'a test' },
      });
    for (const [pattern, problem] of [
      ['(', /syntax/],
      ['[^b]*b|a', /too-slow/],
      ['(a{1000}){100}', /too-large/],
    ] as const) {
      const { status, text } = await publish(rule('good', 'hemlig'), rule('bad', pattern));
      assert.equal(status, 400, pattern);
      assert.match(text, problem);
      assert.match(text, /masking\.rules\/1/);
    }
    assert.match((await publish(rule('same', 'a'), rule('same', 'b'))).text, /same-id/);
    assert.equal(
      (await publish(rule('good', String.raw`\bKD-?\d{6}\b`), rule('other', 'hemlig'))).status,
      200,
    );
  });

  it('judges rules again when an older version of the settings is restored', async () => {
    const account = await makeAccount(db, { origin: node.url.origin });
    const administrator = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    const params = { accountId: account.id, kind: 'settings' as const, objectId: account.id };
    const publish = async (version: number, pattern: string) =>
      await administrator.call(changeSettings, {
        params: { accountId: account.id },
        body: {
          channelId: null,
          version,
          set: { 'masking.rules': [rule('r', pattern)] },
          unset: [],
          reason: 'a test',
        },
      });
    await settle(account, { 'masking.rules': [rule('fine', 'a'), rule('slow', '[^b]*b|a')] });
    await publish(1, 'hemlig');
    await publish(2, 'other');
    const restore = async (version: number, newest: number) =>
      await administrator.try(restoreVersion, {
        params: { ...params, version },
        body: { newest, reason: 'back' },
      });
    const refused = await restore(1, 3);
    assert.equal(refused.status, 409);
    assert.match(refused.text, /history\.not-restorable/);
    assert.match(refused.text, /masking\.rules\/1.*too-slow/);
    const rules = async () =>
      (await administrator.call(getSettings, { params: { accountId: account.id } })).settings.find(
        ({ key }) => key === 'masking.rules',
      )?.value;
    assert.deepEqual(await rules(), [rule('r', 'other')], 'nothing has been changed');
    assert.equal((await restore(2, 3)).status, 200);
    assert.deepEqual(await rules(), [rule('r', 'hemlig')]);
  });

  it('attack 81: fails closed when a rule is too slow, and stops using it after three times, on the record', async () => {
    const { lines, log } = keptLog();
    const account = await makeAccount(db, { origin: node.url.origin });
    await settle(account, { 'masking.rules': [rule('slow', '[^b]*b|a'), rule('fine', 'hemlig')] });
    const rules = new RuleWorkers();
    const masker = new Masker({ database: db.database, rules, log });
    const mask = async () =>
      (
        await masker.mask(
          account.id,
          { channelId: null, side: 'visitor' },
          `${'a'.repeat(3_900)} 4711 hemlig`,
        )
      ).text;
    for (let strike = 1; strike <= 3; strike += 1) assert.doesNotMatch(await mask(), /\d/);
    assert.match(await mask(), /a 4711 \*{6}$/);
    assert.equal(lines.filter((line) => line.includes('rule-too-slow')).length, 3);
    const { rows } = await db.asOwner<{ body: string }>(
      `select body::text as body from audit_outbox where account_id = $1 and body::text like '%rule-disabled%'
       union all select body::text from audit_entry where account_id = $1 and body::text like '%rule-disabled%'`,
      [account.id],
    );
    assert.equal(rows.length, 1);
    await rules.stop();
  });

  it('finds out which of several rules had to be stopped by force, or cannot be used, and uses the others on', async () => {
    // One search of it takes a second and more, in which nothing can be looked at.
    for (const pattern of ['(?:a?){900}b', '(']) {
      const { log } = keptLog();
      const account = await makeAccount(db, { origin: node.url.origin });
      const bad = rule('bad', pattern);
      await settle(account, { 'masking.rules': [rule('fine', 'hemlig'), bad, rule('other', 'annan')] });
      const rules = new RuleWorkers({ killMs: 250 });
      const masker = new Masker({ database: db.database, rules, log });
      const mask = async () =>
        (
          await masker.mask(
            account.id,
            { channelId: null, side: 'visitor' },
            `${'a'.repeat(8_100)} 4711 hemlig`,
          )
        ).text;
      const strikes = async () => {
        const { rows } = await db.asOwner<{ strikes: number }>(
          'select strikes from masking_strike where account_id = $1 order by strikes desc',
          [account.id],
        );
        return rows[0]?.strikes ?? 0;
      };
      for (let strike = 1; strike <= 3; strike += 1) {
        assert.doesNotMatch(await mask(), /\d/, 'fails closed');
        await eventually(async () => (await strikes()) >= strike, `strike ${strike}`, 20_000);
      }
      await eventually(async () => /a 4711 \*{6}$/.test(await mask()), 'the others are used on', 20_000);
      const { rows } = await db.asOwner<{ body: string }>(
        `select body::text as body from audit_outbox where account_id = $1 and body::text like '%rule-disabled%'
         union all select body::text from audit_entry where account_id = $1 and body::text like '%rule-disabled%'`,
        [account.id],
      );
      assert.equal(rows.length, 1);
      assert.match(rows[0]!.body, /"id": ?"bad"/);
      await rules.stop();
    }
  });

  it('attack 67: acknowledges what others post while posts wait for an account’s hostile rule', async (t) => {
    // Slow with each text, and not so slow that it is used no more.
    const hostile = await talk({ 'masking.rules': [rule('slow', '(?:a?){60}b')] });
    const others = [await talk({ 'masking.rules': [rule('quick', 'hemlig')] }), await talk()];
    const socketOf = async ({ visitor }: typeof hostile) => {
      const socket = await TestSocket.asVisitor(visitor, node.url);
      t.after(() => socket.socket.terminate());
      return socket;
    };
    const slow = await socketOf(hostile);
    const quick = await Promise.all(others.map(socketOf));
    const stream = streamName(hostile.id, 'public');
    const busy = 'a'.repeat(3_900);
    const post = async (index: number) =>
      await quick[index]!.posted(streamName(others[index]!.id, 'public'), 'hemlig');
    // Both threads are begun by then.
    const first = slow.post(stream, busy);
    await post(0);
    await slow.next((frame) => frame.t === 'ack' && frame.cid === first, 60_000);
    const cids = Array.from({ length: 80 }, () => slow.post(stream, busy));
    let answered = 0;
    const waiting = cids.map(async (cid) => {
      const answer = await slow.next((frame) => frame.t === 'ack' && frame.cid === cid, 60_000);
      answered += 1;
      return answer;
    });
    const acknowledged = await Promise.all(quick.map(async (_, index) => await post(index)));
    assert.deepEqual(
      acknowledged.map((frame) => frame.t),
      ['ack', 'ack'],
    );
    assert.ok(answered < cids.length, 'the hostile account still waits');
    await Promise.all(waiting);
  });

  it('attack 67: lets a slow rule hold up nobody but its own account: others are answered while it is busy', async () => {
    const rules = new RuleWorkers();
    const slow = {
      detectors: [],
      alsoNetworks: [],
      phoneCountries: [],
      digits: null,
      rules: [rule('slow', '[^b]*b|a')],
    };
    const quick = { ...slow, rules: [rule('quick', 'hemlig')] };
    let slowAnswers = 0;
    const busy = Array.from({ length: 20 }, async () => {
      await rules.mask('A', slow, 'a'.repeat(3_900));
      slowAnswers += 1;
    });
    for (let index = 0; index < 5; index += 1) {
      assert.equal((await rules.mask('B', quick, 'hemlig'))?.text, '******');
    }
    // All of B's came while A's still queued in one thread; and this thread was never taken.
    assert.ok(slowAnswers < 20, String(slowAnswers));
    await Promise.all(busy);
    await rules.stop();
  });

  it('knows nothing about texts whose rules had to be stopped by force, and goes on with a new thread', async () => {
    const rules = new RuleWorkers({ count: 1, killMs: 1 });
    const slow = {
      detectors: [],
      alsoNetworks: [],
      phoneCountries: [],
      digits: null,
      rules: [rule('slow', '[^b]*b|a')],
    };
    const answers = Array.from({ length: 4 }, async () => await rules.mask('A', slow, 'a'.repeat(3_900)));
    assert.deepEqual(await Promise.all(answers), [null, null, null, null]);
    await rules.stop();
  });

  it('masks texts that wait together, each by the configuration of its own, in their order', async () => {
    const rules = new RuleWorkers();
    const none = { detectors: [], alsoNetworks: [], phoneCountries: [], digits: null };
    // More configurations than a thread keeps, with several texts of one in a row.
    const configurations = Array.from({ length: 250 }, (_, index) => ({
      ...none,
      rules: [rule('r', `word${index}x`)],
    }));
    const broken = { ...none, rules: [rule('r', '(')] };
    const order: number[] = [];
    for (let round = 0; round < 2; round += 1) {
      const texts = configurations.flatMap((configuration, index) =>
        Array.from({ length: (index % 4) + 1 }, () => ({ configuration, index })),
      );
      const answers = texts.map(async ({ configuration, index }, at) => {
        const masked = await rules.mask('A', configuration, `word${index}x word${index + 1}x`);
        order.push(at);
        return masked?.text;
      });
      const unusable = Array.from({ length: 3 }, async () => await rules.mask('A', broken, 'a'));
      assert.deepEqual(
        await Promise.all(answers),
        texts.map(({ index }) => `${'*'.repeat(`word${index}x`.length)} word${index + 1}x`),
      );
      assert.deepEqual(await Promise.all(unusable), [null, null, null]);
      assert.deepEqual(
        order.splice(0),
        texts.map((_, at) => at),
      );
    }
    await rules.stop();
  });
});
