import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it, type TestContext } from 'node:test';
import {
  acceptConversation,
  declineConversation,
  readEntries,
  takeConversation,
  transferConversation,
} from '@samtal/contract/conversations';
import { listPresence, setPresence } from '@samtal/contract/routing';
import { changeUser, removeUser } from '@samtal/contract/users';
import { startConversation } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { eventually, TestSocket } from '../../../test/socket.ts';

interface Row {
  readonly state: string;
  readonly agent_id: string | null;
  readonly queue_id: string;
}

describe('routing', () => {
  let db: TestDatabase;
  let node: TestNode;
  let second: TestNode;
  let account: TestAccount;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
    second = await startTestNode(db, { publicUrl: node.url });
  });
  after(async () => {
    await node.stop();
    await second.stop();
    await db.close();
  });
  beforeEach(async () => {
    account = await makeAccount(db, { origin: node.url.origin });
  });

  async function begin(url = node.url): Promise<string> {
    const visitor = await makeVisitor(db, account, url);
    return (await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } })).id;
  }

  /** Someone whose console is open. */
  async function connected(
    t: TestContext,
    options: { maxConversations?: number; queueId?: string } = {},
  ): Promise<Person> {
    const { queueId, ...rest } = options;
    const person = await makePerson(db, account, {
      url: node.url,
      roles: ['agent'],
      ...rest,
      ...(queueId === undefined ? {} : { scope: { queue: [queueId] } }),
    });
    const socket = await TestSocket.asAgent(person);
    t.after(() => socket.close());
    return person;
  }

  const row = async (id: string): Promise<Row> => {
    const { rows } = await db.asOwner<Row>(
      'select state, agent_id, queue_id from conversation where id = $1',
      [id],
    );
    return rows[0] ?? assert.fail('no such conversation');
  };
  const isWith = async (id: string, person: Person | null, state: string) => {
    const now = await row(id);
    return now.state === state && now.agent_id === (person?.userId ?? null);
  };
  const becomes = async (id: string, person: Person | null, state: string) =>
    await eventually(async () => await isWith(id, person, state), `the conversation is ${state}`);
  const params = (id: string) => ({ accountId: account.id, conversationId: id });
  const outcomes = async (id: string) =>
    (
      await db.asOwner<{ user_id: string; outcome: string | null }>(
        'select user_id, outcome from offer where conversation_id = $1 order by offered_at',
        [id],
      )
    ).rows.map(({ user_id, outcome }) => [user_id, outcome]);
  const runOut = async (id: string) =>
    await db.asOwner("update conversation set offer_until = now() - interval '1 second' where id = $1", [id]);
  async function queue(name: string): Promise<string> {
    const id = randomUUID();
    await db.asOwner('insert into queue (account_id, id, name) values ($1, $2, $3)', [account.id, id, name]);
    return id;
  }

  it('offers to the least busy, then to the longest idle', async (t) => {
    const first = await connected(t);
    const one = await begin();
    await becomes(one, first, 'offered');
    const other = await connected(t);
    const two = await begin();
    await becomes(two, other, 'offered');
    await first.call(acceptConversation, { params: params(one) });
    await other.call(acceptConversation, { params: params(two) });
    await db.asOwner("update agent_presence set idle_since = now() - interval '1 hour' where user_id = $1", [
      other.userId,
    ]);
    await becomes(await begin(), other, 'offered');
  });

  it('passes an offer on that was declined, and one that nobody answered, and counts them', async (t) => {
    const first = await connected(t);
    const id = await begin();
    await becomes(id, first, 'offered');
    const other = await connected(t);
    await first.call(declineConversation, { params: params(id) });
    await becomes(id, other, 'offered');
    await runOut(id);
    await eventually(async () => (await outcomes(id))[1]?.[1] === 'missed', 'the offer has run out');
    assert.deepEqual((await outcomes(id)).slice(0, 2), [
      [first.userId, 'declined'],
      [other.userId, 'missed'],
    ]);
    // Neither is asked again at once; both are when some time has passed.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.ok(await isWith(id, null, 'waiting'));
    await db.asOwner(
      "update offer set answered_at = answered_at - interval '21 seconds' where conversation_id = $1",
      [id],
    );
    await eventually(async () => (await row(id)).state === 'offered', 'somebody is asked again');
    const { agent_id: userId } = await row(id);
    const asked = userId === first.userId ? first : other;
    assert.equal(
      (await (asked === first ? other : first).try(acceptConversation, { params: params(id) })).status,
      409,
    );
    await asked.call(acceptConversation, { params: params(id) });
    const { entries } = await asked.call(readEntries, {
      params: params(id),
      query: { audience: 'internal' },
    });
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      ['offered', 'declined', 'offered', 'missed', 'offered'],
    );
  });

  it('lets an offer be accepted at the last moment or pass on, never both', async (t) => {
    const agent = await connected(t);
    for (let round = 0; round < 6; round += 1) {
      const id = await begin();
      await becomes(id, agent, 'offered');
      await runOut(id);
      const answer = await agent.try(acceptConversation, { params: params(id) });
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const { state } = await row(id);
      assert.equal(state, answer.status === 200 ? 'active' : 'waiting');
      await db.asOwner(
        "update conversation set state = 'resolved', resolved_at = now(), offer_until = null where id = $1",
        [id],
      );
    }
  });

  it('never goes beyond an agent’s limit, when two nodes route at the same time', async (t) => {
    const agents = [await connected(t, { maxConversations: 2 }), await connected(t, { maxConversations: 3 })];
    let most = new Map<string, number>();
    let watching = true;
    const watch = (async () => {
      while (watching) {
        const { rows } = await db.asOwner<{ agent_id: string; count: number }>(
          "select agent_id, count(*)::int as count from conversation where account_id = $1 and state in ('offered', 'active') group by agent_id",
          [account.id],
        );
        for (const { agent_id, count } of rows)
          most = most.set(agent_id, Math.max(count, most.get(agent_id) ?? 0));
      }
    })();
    await Promise.all(
      Array.from({ length: 24 }, async (_, index) => await begin(index % 2 === 0 ? node.url : second.url)),
    );
    await eventually(
      () => agents.every((agent, index) => most.get(agent.userId) === index + 2),
      'both are at their limit',
    );
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    watching = false;
    await watch;
    assert.deepEqual(
      agents.map((agent) => most.get(agent.userId)),
      [2, 3],
    );
  });

  it('assigns at once where the queue says so', async (t) => {
    await db.asOwner("update queue set assignment = 'assign' where id = $1", [account.queueId]);
    const agent = await connected(t);
    await becomes(await begin(), agent, 'active');
  });

  it('never offers to an agent of another queue, and offers nothing to those who are away or gone', async (t) => {
    const other = await queue('Other');
    const elsewhere = await connected(t, { queueId: other });
    const away = await connected(t);
    await away.call(setPresence, { params: { accountId: account.id }, body: { state: 'away' } });
    // For whom no node vouches any more: one that has a socket is vouched for again within seconds.
    const gone = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    await db.asOwner(
      "insert into agent_presence (account_id, user_id, connected_until) values ($1, $2, now() - interval '1 minute')",
      [account.id, gone.userId],
    );
    const unauthorised = await makePerson(db, account, { url: node.url, roles: ['analyst'] });
    const socket = await TestSocket.asAgent(unauthorised);
    t.after(() => socket.close());
    const id = await begin();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.ok(await isWith(id, null, 'waiting'));
    const { items } = await away.call(listPresence, { params: { accountId: account.id } });
    assert.deepEqual(
      new Map(items.map(({ userId, state }) => [userId, state])),
      new Map([
        [elsewhere.userId, 'available'],
        [away.userId, 'away'],
        [gone.userId, 'offline'],
      ]),
    );
    await away.call(setPresence, { params: { accountId: account.id }, body: { state: 'available' } });
    await becomes(id, away, 'offered');
  });

  it('is not held up by conversations that nobody serves', async (t) => {
    const unserved = await queue('Unserved');
    await db.asOwner(
      `insert into conversation (account_id, id, case_id, state, site_id, site_name, queue_id, queue_name, visitor_id, queued_at)
       select $1, gen_random_uuid(), gen_random_uuid()::text, 'waiting', $3, 'Site', $2, 'Unserved', gen_random_uuid(), now() - interval '1 hour'
       from generate_series(1, 300)`,
      [account.id, unserved, account.siteId],
    );
    await db.asOwner(
      `insert into visitor_session (account_id, id, site_id, token_hash, expires_at)
       select account_id, visitor_id, site_id, gen_random_uuid()::text::bytea, now() + interval '1 hour' from conversation where queue_id = $1`,
      [unserved],
    );
    const agent = await connected(t, { queueId: account.queueId });
    await becomes(await begin(), agent, 'offered');
  });

  it('hands over to a queue, where another agent gets it, with a note for colleagues alone', async (t) => {
    const other = await queue('Other');
    const [agent, specialist] = [
      await connected(t, { queueId: account.queueId }),
      await connected(t, { queueId: other }),
    ];
    const id = await begin();
    await becomes(id, agent, 'offered');
    await agent.call(acceptConversation, { params: params(id) });
    await agent.call(transferConversation, {
      params: params(id),
      body: { queueId: other, note: 'Wants a permit' },
    });
    await becomes(id, specialist, 'offered');
    await specialist.call(acceptConversation, { params: params(id) });
    const read = async (audience: 'public' | 'internal') =>
      (await specialist.call(readEntries, { params: params(id), query: { audience } })).entries;
    assert.deepEqual(
      (await read('public')).map(({ kind }) => kind),
      ['started', 'message', 'joined', 'transferred', 'left', 'joined'],
    );
    const note = (await read('internal')).find(({ kind }) => kind === 'note');
    assert.deepEqual(note?.body, { text: 'Wants a permit' });
    assert.equal((await agent.try(readEntries, { params: params(id) })).status, 404);
  });

  it('hands over to an agent who may have it and is there, and refuses everyone else', async (t) => {
    const agent = await connected(t);
    const id = await begin();
    await becomes(id, agent, 'offered');
    await agent.call(acceptConversation, { params: params(id) });
    const colleague = await connected(t);
    const to = async (agentId: string) =>
      await agent.try(transferConversation, { params: params(id), body: { agentId } });
    const refused = async (agentId: string, code: string) =>
      assert.equal(((await to(agentId)).body as { code: string }).code, code);
    await refused(agent.userId, 'conversations.nobody-there');
    await refused(randomUUID(), 'not-found');
    const absent = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    await refused(absent.userId, 'conversations.nobody-there');
    const away = await connected(t);
    await away.call(setPresence, { params: { accountId: account.id }, body: { state: 'away' } });
    await refused(away.userId, 'conversations.nobody-there');
    const elsewhere = await connected(t, { queueId: await queue('Other') });
    await refused(elsewhere.userId, 'conversations.nobody-there');
    const analyst = await makePerson(db, account, { url: node.url, roles: ['analyst'] });
    const socket = await TestSocket.asAgent(analyst);
    t.after(() => socket.close());
    await refused(analyst.userId, 'conversations.nobody-there');
    assert.equal(
      (await colleague.try(transferConversation, { params: params(id), body: { agentId: colleague.userId } }))
        .status,
      404,
    );
    assert.equal((await to(colleague.userId)).status, 200);
    await becomes(id, colleague, 'offered');
    await colleague.call(declineConversation, { params: params(id) });
    await eventually(async () => !(await isWith(id, colleague, 'offered')), 'it passes on');
  });

  it('gives back to the queue what was with an agent who is switched off or removed', async (t) => {
    const administrator = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    for (const leave of ['off', 'removed'] as const) {
      const leaver = await connected(t);
      const [active, offered] = [await begin(), await begin()];
      await becomes(active, leaver, 'offered');
      await becomes(offered, leaver, 'offered');
      await leaver.call(acceptConversation, { params: params(active) });
      const user = { params: { accountId: account.id, userId: leaver.userId } };
      if (leave === 'removed') await administrator.call(removeUser, user);
      else await administrator.call(changeUser, { ...user, body: { status: 'inactive' } });
      for (const id of [active, offered]) await becomes(id, null, 'waiting');
      await db.asOwner(
        "update conversation set state = 'resolved', resolved_at = now() where account_id = $1",
        [account.id],
      );
    }
  });

  it('leaves nothing with an agent who is removed while conversations come in', async (t) => {
    const administrator = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    for (const assignment of ['offer', 'assign']) {
      await db.asOwner('update queue set assignment = $2 where id = $1', [account.queueId, assignment]);
      for (let round = 0; round < 6; round += 1) {
        const leaver = await connected(t, { maxConversations: 50 });
        const coming = Array.from(
          { length: 4 },
          async (_, index) => await begin(index % 2 === 0 ? node.url : second.url),
        );
        const user = { params: { accountId: account.id, userId: leaver.userId } };
        const answer =
          round % 2 === 0
            ? await administrator.try(removeUser, user)
            : await administrator.try(changeUser, { ...user, body: { status: 'inactive' } });
        assert.ok(answer.status < 300, answer.text);
        await Promise.all(coming);
        await new Promise((resolve) => setTimeout(resolve, 150));
        const { rows } = await db.asOwner(
          "select id from conversation where agent_id = $1 and state <> 'resolved'",
          [leaver.userId],
        );
        assert.deepEqual(rows, []);
        await db.asOwner(
          "update conversation set state = 'resolved', resolved_at = now() where account_id = $1 and state <> 'resolved'",
          [account.id],
        );
      }
    }
  });

  it('lets one of many agents take a waiting conversation, and none that is taken', async () => {
    const id = await begin();
    const agents = await Promise.all(
      Array.from(
        { length: 6 },
        async () => await makePerson(db, account, { url: node.url, roles: ['agent'] }),
      ),
    );
    const answers = await Promise.all(
      agents.map(async (agent) => (await agent.try(takeConversation, { params: params(id) })).status),
    );
    assert.equal(answers.filter((status) => status === 200).length, 1);
    assert.ok(
      answers.every((status) => [200, 404, 409].includes(status)),
      answers.join(),
    );
  });
});
