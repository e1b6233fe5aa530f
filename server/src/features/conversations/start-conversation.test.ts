import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { findConversations, resolveConversation } from '@samtal/contract/conversations';
import {
  endConversation,
  endVisitorSession,
  getVisitorConversation,
  readVisitorEntries,
  startConversation,
} from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
  type VisitorClient,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { seeded } from '../../../test/random.ts';
import { newCaseId, normalCaseId } from './case-id.ts';

describe('starting a conversation', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let supervisor: Person;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
    account = await makeAccount(db, { origin: node.url.origin });
    supervisor = await makePerson(db, account, { url: node.url, roles: ['supervisor'] });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  const start = async (visitor: VisitorClient, text: string, cid: string = randomUUID()) =>
    await visitor.call(startConversation, { body: { cid, text } });
  const textsOf = async (visitor: VisitorClient) =>
    (await visitor.call(readVisitorEntries)).entries.flatMap((entry) =>
      entry.kind === 'message' ? [entry.body.text] : [],
    );
  const resolve = async (id: string) =>
    await supervisor.try(resolveConversation, { params: { accountId: account.id, conversationId: id } });

  it('writes the same message once, however often it is sent', async () => {
    const visitor = await makeVisitor(db, account, node.url);
    const cid = randomUUID();
    const first = await start(visitor, 'Hello', cid);
    const again = await start(visitor, 'Hello', cid);
    assert.deepEqual([again.id, again.caseId, again.public], [first.id, first.caseId, first.public]);
    assert.deepEqual(await textsOf(visitor), ['Hello']);
  });

  it('makes one conversation when many tabs begin at once, with every message once', async (t) => {
    const random = seeded(t);
    for (let round = 0; round < 8; round += 1) {
      const visitor = await makeVisitor(db, account, node.url);
      const posts = Array.from({ length: 4 }, (_, tab) => ({ cid: randomUUID(), text: `From tab ${tab}` }));
      const sent = random.shuffled([...posts, ...posts, ...posts]);
      const answers = await Promise.all(sent.map(async ({ cid, text }) => await start(visitor, text, cid)));
      assert.equal(new Set(answers.map(({ id }) => id)).size, 1);
      assert.deepEqual(
        (await textsOf(visitor)).toSorted(),
        posts.map(({ text }) => text),
      );
    }
  });

  it('loses no message that races with the resolution: it joins the old conversation or begins a new one', async (t) => {
    const random = seeded(t);
    let began = 0;
    for (let round = 0; round < 20; round += 1) {
      const visitor = await makeVisitor(db, account, node.url);
      const { id } = await start(visitor, 'First');
      const ended = (async () => {
        await new Promise((done) => setTimeout(done, random.below(8)));
        return await resolve(id);
      })();
      const answers = await Promise.all(
        Array.from({ length: 4 }, async (_, tab) => await start(visitor, `Late ${tab}`)),
      );
      assert.equal((await ended).status, 200);
      began +=
        new Set(answers.map((answer) => answer.id)).size -
        (answers.some((answer) => answer.id === id) ? 1 : 0);
      const { rows } = await db.asOwner<{ count: number }>(
        `select count(*)::int as count from entry join conversation on conversation.id = entry.conversation_id
         where conversation.visitor_id = $1 and entry.kind = 'message'`,
        [visitor.visitorId],
      );
      assert.deepEqual(rows, [{ count: 5 }]);
    }
    assert.ok(began > 0, 'some messages came after the resolution');
  });

  it('begins anew after the resolution, and still knows a message of the conversation before', async () => {
    const visitor = await makeVisitor(db, account, node.url);
    const cid = randomUUID();
    const first = await start(visitor, 'Hello', cid);
    await resolve(first.id);
    assert.deepEqual([(await start(visitor, 'Hello', cid)).id], [first.id]);
    const second = await start(visitor, 'Again');
    assert.notEqual(second.id, first.id);
    assert.notEqual(second.caseId, first.caseId);
    assert.deepEqual(await textsOf(visitor), ['Again']);
  });

  it('ends with the visitor’s word, and with the visitor’s session', async () => {
    const visitor = await makeVisitor(db, account, node.url);
    assert.equal((await visitor.try(endConversation)).status, 404);
    await start(visitor, 'Hello');
    assert.equal((await visitor.try(endConversation)).status, 200);
    assert.equal((await visitor.call(getVisitorConversation)).conversation?.state, 'resolved');
    const { id } = await start(visitor, 'Again');
    assert.equal((await visitor.try(endVisitorSession)).status, 204);
    assert.equal((await visitor.try(getVisitorConversation)).status, 401);
    assert.equal((await resolve(id)).status, 409);
  });

  it('gives each conversation a case id of its own, by which it is found however it is typed', async () => {
    const visitor = await makeVisitor(db, account, node.url);
    const { caseId, id } = await start(visitor, 'Hello');
    assert.match(caseId, /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    for (const typed of [
      caseId,
      caseId.toLowerCase(),
      caseId.replace('-', ''),
      caseId.replace('-', '').toLowerCase(),
    ]) {
      const { items } = await supervisor.call(findConversations, {
        params: { accountId: account.id },
        query: { caseId: typed },
      });
      assert.deepEqual(
        items.map((item) => item.id),
        [id],
      );
    }
  });
});

describe('a case id', () => {
  it('has 50 bits of chance: every letter everywhere, none twice in 100,000, and no order', () => {
    const ids = Array.from({ length: 100_000 }, () => newCaseId());
    assert.equal(new Set(ids).size, ids.length);
    for (const place of [0, 1, 2, 3, 4, 6, 7, 8, 9, 10]) {
      const letters = Map.groupBy(ids, (id) => id[place]);
      assert.equal(letters.size, 32);
      for (const [letter, of] of letters) {
        // 3,125 expected; ten standard deviations are 550.
        assert.ok(Math.abs(of.length - 3125) < 550, `${letter} at ${place}: ${of.length}`);
      }
    }
    const rising = ids.filter((id, index) => index > 0 && id > (ids[index - 1] ?? '')).length;
    assert.ok(Math.abs(rising - 50_000) < 2_000);
  });

  it('is the same with or without its dash and in either case', () => {
    for (const id of Array.from({ length: 100 }, () => newCaseId())) {
      assert.equal(normalCaseId(id.toLowerCase()), id);
      assert.equal(normalCaseId(id.replace('-', '')), id);
    }
  });
});
