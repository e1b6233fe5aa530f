import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { postEntry, takeConversation } from '@samtal/contract/conversations';
import type { BodyOf } from '@samtal/contract/endpoint';
import { searchTranscripts } from '@samtal/contract/search';
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
import { matcherOf } from './matcher.ts';
import { SearchSlots } from './search-slots.ts';

const word = () => `word${randomBytes(6).toString('hex')}`;

describe('searching transcripts', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let supervisor: Person;
  const kept = keptLog();

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { log: kept.log });
    account = await makeAccount(db, { origin: node.url.origin });
    supervisor = await makePerson(db, account, {
      url: node.url,
      roles: ['supervisor', 'administrator'],
    });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  async function allow(person: Person, allowed: boolean): Promise<void> {
    const params = { accountId: person.accountId };
    const { version } = await person.call(getSettings, { params });
    await person.call(changeSettings, {
      params,
      body: { channelId: null, version, set: { 'search.transcripts': allowed }, unset: [], reason: '' },
    });
  }
  async function begin(text: string, of = account): Promise<string> {
    const visitor = await makeVisitor(db, of, node.url);
    return (await visitor.call(startConversation, { body: { cid: randomUUID(), text } })).id;
  }
  const search = async (person: Person, body: BodyOf<typeof searchTranscripts>) =>
    await person.call(searchTranscripts, { params: { accountId: person.accountId }, body });
  /** The whole search, however many requests it takes. */
  async function found(person: Person, words: string, criteria: object = {}): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | undefined;
    for (;;) {
      const page = await search(person, { words, ...criteria, ...(cursor === undefined ? {} : { cursor }) });
      ids.push(...page.items.map(({ conversation }) => conversation.id));
      if (page.next === null) {
        assert.equal(page.searched, page.total);
        return ids;
      }
      cursor = page.next;
    }
  }

  it('is refused where the account has not switched it on, and again when it is switched off', async () => {
    const refuses = async () => {
      const answer = await supervisor.try(searchTranscripts, {
        params: { accountId: account.id },
        body: { words: 'anything' },
      });
      assert.equal((answer.body as { code: string }).code, 'search.off');
    };
    await refuses();
    await allow(supervisor, true);
    await found(supervisor, 'anything');
    await allow(supervisor, false);
    await refuses();
    await allow(supervisor, true);
  });

  it('finds words in messages and notes, in any case and order, and shows where', async () => {
    const secret = word();
    const id = await begin(`My ${secret} has Not come`);
    const params = { accountId: account.id, conversationId: id };
    await supervisor.call(takeConversation, { params });
    await supervisor.call(postEntry, {
      params,
      body: { cid: randomUUID(), kind: 'note', text: `Angry about the ${secret.toUpperCase()}` },
    });
    const other = await begin(`Another ${secret}`);
    assert.deepEqual((await found(supervisor, secret)).toSorted(), [id, other].toSorted());
    const { items } = await search(supervisor, { words: `COME ${secret}` });
    assert.equal(items.length, 1);
    assert.equal(items[0]?.conversation.id, id);
    assert.equal(items[0]?.matches[0]?.excerpt, `My ${secret} has Not come`);
    assert.equal(items[0]?.matches[0]?.by, 'visitor');
    const both = await search(supervisor, { words: secret });
    assert.equal(both.items.find(({ conversation }) => conversation.id === id)?.count, 2);
    assert.deepEqual(await found(supervisor, `${secret} angry come`), [], 'all words in one message');
  });

  it('goes on with a cursor, newest first, and says how far it has come', async () => {
    const secret = word();
    const ids: string[] = [];
    for (let count = 0; count < 25; count += 1) ids.unshift(await begin(`${secret} ${count}`));
    await db.asOwner(
      `insert into conversation (account_id, id, case_id, state, site_name, queue_id, queue_name, visitor_id, started_at, resolved_at)
       select $1, gen_random_uuid(), 'T' || n, 'resolved', 's', $2, 'q', gen_random_uuid(), now() - n * interval '1 minute', now()
       from generate_series(1, 150) n`,
      [account.id, account.queueId],
    );
    const first = await search(supervisor, { words: secret });
    assert.equal(first.searched, 100);
    assert.ok(first.total >= 175);
    assert.ok(first.next);
    assert.deepEqual(
      first.items.map(({ conversation }) => conversation.id),
      ids,
    );
    const second = await search(supervisor, { words: secret, cursor: first.next });
    assert.ok(second.searched > 100);
    assert.deepEqual(second.items, []);
    for (const cursor of ['x', `${first.next}.1`, '..', 'AAAA.1.1']) {
      const answer = await supervisor.try(searchTranscripts, {
        params: { accountId: account.id },
        body: { words: secret, cursor },
      });
      assert.equal(answer.status, 400);
    }
    assert.deepEqual(await found(supervisor, secret, { state: 'resolved' }), []);
    assert.deepEqual(await found(supervisor, secret, { until: new Date(0).toISOString() }), []);
  });

  it('attack 39, 42: searches in the scope of conversations.read alone, and counts nothing else', async () => {
    const secret = word();
    await begin(secret);
    const elsewhere = await makePerson(db, account, {
      url: node.url,
      roles: ['supervisor'],
      scope: { queue: [randomUUID()] },
    });
    assert.deepEqual(await search(elsewhere, { words: secret }), {
      items: [],
      next: null,
      searched: 0,
      total: 0,
      unreadable: 0,
    });
    const analyst = await makePerson(db, account, { url: node.url, roles: ['analyst', 'agent'] });
    const refused = await analyst.try(searchTranscripts, {
      params: { accountId: account.id },
      body: { words: secret },
    });
    assert.equal(refused.status, 403);
    const there = await makeAccount(db, { origin: node.url.origin });
    const other = await makePerson(db, there, { url: node.url, roles: ['supervisor', 'administrator'] });
    await allow(other, true);
    await begin(secret, there);
    assert.equal((await found(other, secret)).length, 1);
  });

  it('goes past what is damaged, and counts it', async () => {
    const secret = word();
    const [damaged, whole] = [await begin(secret), await begin(secret)];
    await db.asOwner(
      "update entry set body = set_byte(body, 30, get_byte(body, 30) # 1) where conversation_id = $1 and kind = 'message'",
      [damaged],
    );
    const result = await search(supervisor, {
      words: secret,
      from: new Date(Date.now() - 60_000).toISOString(),
    });
    assert.deepEqual(
      result.items.map(({ conversation }) => conversation.id),
      [whole],
    );
    assert.equal(result.unreadable, 1);
    await db.asOwner('delete from conversation where id = $1', [damaged]);
  });

  it('leaves its words nowhere, and on the audit trail whose texts were shown', async () => {
    const secret = word();
    const id = await begin(`Here: ${secret}`);
    await search(supervisor, { words: secret });
    const { rows } = await db.asOwner<{ body: string }>(
      'select body from audit_outbox union all select body from audit_entry',
    );
    assert.ok(rows.some(({ body }) => body.includes('search.transcripts-searched') && body.includes(id)));
    assert.ok(!rows.some(({ body }) => body.includes(secret)));
    assert.ok(kept.lines.length > 10);
    assert.ok(!kept.lines.some((line) => line.includes(secret)));
  });

  it('lets one search of a user be under way, and two on a node', async () => {
    const slots = new SearchSlots();
    let finish = () => {};
    const held = new Promise<void>((resolve) => (finish = resolve));
    const one = slots.within('a', async () => await held);
    await assert.rejects(
      slots.within('a', async () => await held),
      { code: 'request.rate-limited' },
    );
    const two = slots.within('b', async () => await held);
    await assert.rejects(
      slots.within('c', async () => await held),
      { code: 'request.rate-limited' },
    );
    finish();
    await Promise.all([one, two]);
    assert.equal(await slots.within('c', async () => await Promise.resolve(1)), 1);
  });
});

describe('what is shown of a text', () => {
  it('has the first of the words in it, and whole letters at both ends', () => {
    const flag = '🇸🇪';
    const text = `${flag.repeat(100)} needle ${flag.repeat(100)}`;
    const excerpt = matcherOf('NEEDLE').excerptOf(text) ?? assert.fail('not found');
    assert.match(excerpt, /needle/);
    assert.ok(excerpt.length < 200);
    assert.equal(excerpt.replaceAll(flag, '').replace(' needle ', ''), '……');
  });

  it('is null when a word is missing', () => {
    assert.equal(matcherOf('one two').excerptOf('one'), null);
    assert.equal(matcherOf('ﬁne straSSE').excerptOf('Fine Straße'), 'Fine Straße');
  });
});
