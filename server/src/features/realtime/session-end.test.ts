import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { streamName, takeConversation } from '@samtal/contract/conversations';
import { endOwnSession, endSessionOfUser, listSessionsOfUser, signOut } from '@samtal/contract/signin';
import { startConversation } from '@samtal/contract/widget';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { inAnotherSession, makeAccount, makePerson, makeVisitor } from '../../../test/callers.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { eventually, TestSocket } from '../../../test/socket.ts';
import { tellNodes } from '../../command-line/tell-nodes.ts';
import { issueCsrfToken } from '../signin/sessions.ts';
import { createTicket } from './tickets.ts';

describe('the end of a session', () => {
  let db: TestDatabase;
  let nodes: TestNode[];
  before(async () => {
    db = await createTestDatabase();
    const first = await startTestNode(db);
    nodes = [first, await startTestNode(db, { publicUrl: first.url })];
  });
  after(async () => {
    for (const node of nodes) await node.stop();
    await db.close();
  });

  it('attack 26: closes the sockets that stand on it, on every node, and nobody else’s', async () => {
    const [here, there] = nodes as [TestNode, TestNode];
    const account = await makeAccount(db, { origin: here.url.origin });
    const agent = await makePerson(db, account, { url: here.url, roles: ['agent'] });
    const colleague = await makePerson(db, account, { url: here.url, roles: ['agent'] });
    const sockets = [await TestSocket.asAgent(agent), await TestSocket.asAgent(agent, there.url)];
    const other = await TestSocket.asAgent(colleague);
    await agent.call(signOut, {});
    for (const socket of sockets) {
      assert.equal(await socket.closed(2_000), 1008);
      assert.ok(socket.frames.some((frame) => frame.t === 'bye' && frame.code === 'signin.required'));
    }
    assert.equal(other.closeCode, null);
    other.close();
  });

  it('attack 26: comes within two seconds when it is ended from another one, by its person or an administrator', async () => {
    const [here, there] = nodes as [TestNode, TestNode];
    const account = await makeAccount(db, { origin: here.url.origin });
    const admin = await makePerson(db, account, { url: here.url, roles: ['administrator'] });
    for (const by of ['person', 'administrator'] as const) {
      const agent = await makePerson(db, account, { url: here.url, roles: ['agent'] });
      const params = { accountId: account.id, userId: agent.userId };
      const socket = await TestSocket.asAgent(agent, there.url);
      const { items } = await admin.call(listSessionsOfUser, { params });
      const sessionId = items[0]?.id ?? '';
      const other = await inAnotherSession(db, agent);
      if (by === 'person') await other.call(endOwnSession, { params: { sessionId } });
      else await admin.call(endSessionOfUser, { params: { ...params, sessionId } });
      assert.equal(await socket.closed(2_000), 1008);
    }
  });

  it('attack 29: comes to an idle one although its socket stays open, follows, and says what was seen', async () => {
    const [here] = nodes as [TestNode];
    const account = await makeAccount(db, { origin: here.url.origin });
    const agent = await makePerson(db, account, { url: here.url, roles: ['agent'] });
    const visitor = await makeVisitor(db, account, here.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    await agent.call(takeConversation, { params: { accountId: account.id, conversationId: id } });
    const stream = streamName(id, 'public');
    const socket = await TestSocket.asAgent(agent);
    const idle = async (minutes: number) =>
      await db.asOwner(
        'update session set used_at = now() - make_interval(mins => $2) where user_id = $1 returning id, used_at as at',
        [agent.userId, minutes],
      );
    const [before] = (await idle(29)).rows as { id: string; at: Date }[];
    socket.send({ t: 'sub', streams: [{ stream, after: 0 }] });
    await socket.next((frame) => frame.t === 'entries');
    socket.send({ t: 'seen', stream, delivered: 1, read: 1 });
    socket.send({ t: 'typing', stream, on: true });
    socket.send({ t: 'pong', n: 0, waitingMs: 0 });
    const other = randomUUID();
    socket.send({ t: 'sub', streams: [{ stream: streamName(other, 'public'), after: 0 }] });
    await socket.next((frame) => frame.t === 'gone' && frame.stream === streamName(other, 'public'));
    const { rows } = await db.asOwner('select id, used_at as at from session where user_id = $1', [
      agent.userId,
    ]);
    assert.deepEqual(rows, [before], 'none of it was use');
    await idle(31);
    // As is done once a minute by itself.
    const told = tellNodes(db.database);
    told.fanout.announce({ kind: 'recheck', session: before?.id ?? '' });
    await told.told();
    assert.equal(await socket.closed(2_000), 1008);
    assert.ok(socket.frames.some((frame) => frame.t === 'bye' && frame.code === 'signin.required'));
  });

  it('answers a page that wants a socket or a token while it comes as one that is not signed in', async () => {
    const [here] = nodes as [TestNode];
    const account = await makeAccount(db, { origin: here.url.origin });
    const agent = await makePerson(db, account, { url: here.url, roles: ['agent'] });
    const member = { accountId: account.id, userId: agent.userId, sessionId: randomUUID() };
    const refusal = { code: 'signin.required' };
    await assert.rejects(
      db.database.transaction(account.id, async (tx) => await createTicket(tx, member)),
      refusal,
    );
    await assert.rejects(
      db.database.transaction('platform', async (tx) => await issueCsrfToken(tx, member.sessionId)),
      refusal,
    );
  });

  it('attack 26: lets no visitor connect, follow or write by a session that got another token meanwhile', async (t) => {
    const [here] = nodes as [TestNode];
    const account = await makeAccount(db, { origin: here.url.origin });
    const visitor = await makeVisitor(db, account, here.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    const stream = streamName(id, 'public');
    const known = await TestSocket.asVisitor(visitor, here.url);
    const redeeming = new Client({ connectionString: db.url, options: '-c search_path=samtal' });
    await redeeming.connect();
    t.after(() => redeeming.end());
    await redeeming.query('begin');
    await redeeming.query(
      "update visitor_session set renewals = renewals + 1, token_hash = sha256('another') where account_id = $1",
      [account.id],
    );
    // Its session is read while it still stands, and then it waits for the other one’s end.
    const address = new URL(`/api/v1/realtime/visitor?site=${account.siteKey}`, here.url);
    const late = await TestSocket.open(address, account.origin);
    late.send({ t: 'hello', protocol: 1, credential: visitor.token });
    await eventually(async () => {
      const { rows } = await db.asOwner(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows.length > 0;
    }, 'the socket waits');
    await redeeming.query('commit');
    assert.equal(await late.closed(2_000), 1008);
    assert.deepEqual(
      late.frames.map(({ t: kind }) => kind),
      ['bye'],
    );
    known.send({ t: 'sub', streams: [{ stream, after: 0 }] });
    await known.next((frame) => frame.t === 'gone' && frame.stream === stream);
    const answer = await known.posted(stream, 'written by whoever has the former token');
    assert.ok(answer.t === 'nack' && answer.code === 'visitors.session-ended');
    known.close();
  });
});
