import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  findConversations,
  getConversation,
  ratingMinutes,
  readEntries,
  resolveConversation,
  takeConversation,
} from '@samtal/contract/conversations';
import {
  endConversation,
  endVisitorSession,
  getVisitorConversation,
  rateConversation,
  readVisitorEntries,
  startConversation,
} from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';
import { eventually, TestSocket } from '../../../test/socket.ts';

describe('a rating', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let agent: Person;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
    account = await makeAccount(db, { origin: node.url.origin });
    agent = await makePerson(db, account, { url: node.url, roles: ['agent', 'supervisor'] });
    await asks(true);
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  const asks = async (asked: boolean) => await setSettings(db, account.id, { 'satisfaction.asked': asked });

  /** A conversation that the agent has, unless it is to wait. */
  async function begun({ by = 'agent' }: { by?: 'agent' | 'nobody' } = {}) {
    const visitor = await makeVisitor(db, account, node.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    const params = { accountId: account.id, conversationId: id };
    if (by === 'agent') await agent.call(takeConversation, { params });
    const rate = async (score: unknown, conversationId = id, from = visitor) =>
      await from.try(rateConversation, {
        params: { siteKey: account.siteKey, conversationId },
        body: { score },
      });
    const refused = async (...given: Parameters<typeof rate>) => {
      const { status, body } = await rate(...given);
      return `${status} ${(body as { code: string }).code}`;
    };
    const resolve = async () => await agent.call(resolveConversation, { params });
    const scores = async () =>
      (
        await db.asOwner<{ score: number | null }>('select score from rating where conversation_id = $1', [
          id,
        ])
      ).rows.map(({ score }) => score);
    return { id, visitor, params, rate, refused, resolve, scores };
  }

  it('is asked for at the end, stands as it was said last, and is seen by those who may see the conversation', async () => {
    const { visitor, params, rate, resolve, scores } = await begun();
    const shown = async () => (await visitor.call(getVisitorConversation)).conversation?.rating;
    assert.equal(await shown(), null, 'not before the end');
    await resolve();
    assert.deepEqual(await shown(), { score: null });
    const { entries } = await visitor.call(readVisitorEntries);
    assert.deepEqual(entries.at(-1)?.body, { by: 'agent', asksRating: true });
    assert.equal((await rate(2)).status, 204);
    assert.equal((await rate(4)).status, 204);
    assert.equal((await rate(4)).status, 204, 'the same again changes nothing');
    assert.deepEqual(await shown(), { score: 4 });
    assert.deepEqual(await scores(), [4]);
    assert.equal((await agent.call(getConversation, { params })).rating, 4);
    const found = await agent.call(findConversations, { params: { accountId: account.id }, query: {} });
    assert.equal(found.items.find((each) => each.id === params.conversationId)?.rating, 4);
    const colleague = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    assert.equal((await colleague.try(getConversation, { params })).status, 404);
  });

  it('is a fact at the end of the conversation, and so is each other answer, while the same again is none', async () => {
    const { id, rate, resolve } = await begun();
    const facts = async () =>
      (
        await db.asOwner<{ kind: string; value: number | null; right: boolean }>(
          `select kind, case kind when 'rated' then value::int end as value, fact.at = resolved_at and fact.queue_id = $2 and fact.site_id = $3 and fact.agent_id = $4 as right
           from fact join conversation on conversation.account_id = fact.account_id and fact_id = conversation_id
           where conversation.id = $1 and kind in ('rating-asked', 'rated') order by fact.id`,
          [id, account.queueId, account.siteId, agent.userId],
        )
      ).rows.map(({ kind, value, right }) => [kind, value, right]);
    assert.deepEqual(await facts(), [], 'nothing before the end');
    await resolve();
    for (const score of [2, 2, 5]) assert.equal((await rate(score)).status, 204);
    assert.equal((await rate(6)).status, 400);
    assert.deepEqual(await facts(), [
      ['rating-asked', null, true],
      ['rated', 2, true],
      ['rated', 5, true],
    ]);
  });

  it('is asked for as well when the visitor ends it, who is told so in the answer', async () => {
    const { visitor, rate } = await begun();
    assert.deepEqual((await visitor.call(endConversation)).rating, { score: null });
    assert.equal((await rate(5)).status, 204);
  });

  it('is refused before the end, and where nobody asks: no agent was there, or the channel does not want to know', async () => {
    const open = await begun();
    assert.equal(await open.refused(3), '409 conversations.not-ended');
    const alone = await begun({ by: 'nobody' });
    assert.equal((await alone.visitor.call(endConversation)).rating, null);
    assert.equal(await alone.refused(3), '409 conversations.rating-not-asked');
    await setSettings(db, account.id, { 'satisfaction.asked': false }, account.siteId);
    const unasked = await begun();
    await unasked.resolve();
    const { entries } = await agent.call(readEntries, { params: unasked.params });
    assert.deepEqual(entries.at(-1)?.body, { by: 'agent' });
    assert.equal(await unasked.refused(3), '409 conversations.rating-not-asked');
    await setSettings(db, account.id, { 'satisfaction.asked': true }, account.siteId);
    assert.equal(await unasked.refused(3), '409 conversations.rating-not-asked', 'what was not asked then');
    assert.deepEqual(await unasked.scores(), []);
  });

  it('is refused too late, from another visitor, and as anything but a score', async () => {
    const { id, visitor, rate, refused, resolve, scores } = await begun();
    await resolve();
    const stranger = await makeVisitor(db, account, node.url);
    assert.equal(await refused(1, id, stranger), '404 not-found');
    assert.equal(await refused(1, randomUUID()), '404 not-found');
    for (const no of [0, 6, 2.5, '3', null, [3], { score: 3 }])
      assert.equal(await refused(no), '400 request.invalid', JSON.stringify(no));
    const more = {
      params: { siteKey: account.siteKey, conversationId: id },
      body: { score: 3, text: 'Bad' },
    };
    assert.equal((await visitor.try(rateConversation, more)).status, 400, 'nothing else is said');
    assert.deepEqual(await scores(), [null]);
    await pass(id, ratingMinutes - 1);
    assert.equal((await rate(3)).status, 204);
    await pass(id, ratingMinutes + 1);
    assert.equal(await refused(4), '409 conversations.rating-too-late');
    assert.equal((await visitor.call(getVisitorConversation)).conversation?.rating, null);
    assert.deepEqual(await scores(), [3]);
  });

  it('can be given for a while by a session that ended with the conversation, which opens nothing else', async () => {
    await setSettings(db, account.id, { 'conversations.resolving-disconnects': true });
    const { id, visitor, rate, refused, resolve } = await begun();
    await resolve();
    for (const endpoint of [getVisitorConversation, readVisitorEntries, endConversation])
      assert.equal((await visitor.try(endpoint)).status, 401);
    const { rows } = await db.asOwner(
      'select from visitor_session where id = $1 and customer is null and claims is null and expires_at <= now()',
      [visitor.visitorId],
    );
    assert.equal(rows.length, 1);
    assert.equal((await rate(5)).status, 204);
    assert.equal(
      (await visitor.try(rateConversation, ratingOf(id), { origin: 'https://elsewhere.example' })).status,
      403,
    );
    await db.asOwner('update visitor_session set expires_at = $2 where id = $1', [
      visitor.visitorId,
      new Date(Date.now() - (ratingMinutes + 1) * 60_000),
    ]);
    assert.equal(await refused(4), '401 visitors.session-ended');
    await setSettings(db, account.id, { 'conversations.resolving-disconnects': false });
  });

  it('is not asked for where the visitor has left: with the session, or because it ran out', async () => {
    const signedOut = await begun();
    await signedOut.visitor.call(endVisitorSession);
    assert.equal(await signedOut.refused(5), '401 visitors.session-ended');
    const lost = await begun();
    await db.asOwner("update visitor_session set expires_at = now() - interval '1 second' where id = $1", [
      lost.visitor.visitorId,
    ]);
    await eventually(
      async () => (await agent.call(getConversation, { params: lost.params })).state === 'resolved',
      'the session’s end ends the conversation',
    );
    assert.equal(await lost.refused(5), '409 conversations.rating-not-asked');
    assert.deepEqual([...(await signedOut.scores()), ...(await lost.scores())], []);
  });

  it('is held back from whoever never stops', async () => {
    const { id, rate, resolve } = await begun();
    await resolve();
    // A minute may end between them, and no more than one.
    const answers = await Promise.all(Array.from({ length: 61 }, async () => await rate(3)));
    const statuses = answers.map(({ status }) => status);
    assert.deepEqual(new Set(statuses), new Set([204, 429]));
    assert.ok(statuses.filter((status) => status === 204).length <= 60);
    const other = await begun();
    assert.equal(await other.refused(1, id), '404 not-found', 'nobody else is held back');
  });

  it('is told to the agent who had the conversation', async () => {
    const { rate, resolve } = await begun();
    await resolve();
    const socket = await TestSocket.asAgent(agent);
    assert.equal((await rate(2)).status, 204);
    await socket.next((frame) => frame.t === 'changed' && frame.lists.includes('mine'));
    socket.close();
  });

  const ratingOf = (conversationId: string) => ({
    params: { siteKey: account.siteKey, conversationId },
    body: { score: 1 },
  });
  const pass = async (id: string, minutes: number) =>
    await db.asOwner(
      'update conversation set resolved_at = now() - make_interval(mins => $2) where id = $1',
      [id, minutes],
    );
});
