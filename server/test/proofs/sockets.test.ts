import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuiltInRole } from '@samtal/contract/access';
import {
  listMyConversations,
  resolveConversation,
  streamName,
  takeConversation,
  transferConversation,
  type StreamName,
} from '@samtal/contract/conversations';
import { createRealtimeTicket } from '@samtal/contract/realtime';
import { createQueue, setPresence } from '@samtal/contract/routing';
import { removeUser } from '@samtal/contract/users';
import { endVisitorSession, startConversation } from '@samtal/contract/widget';
import { WebSocket } from 'ws';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
  type VisitorClient,
} from '../callers.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { keptLog, startTestNode, type TestNode } from '../node.ts';
import { eventually, TestSocket } from '../socket.ts';
import { tableContents } from '../table-contents.ts';

const marker = `Kerstin-${randomBytes(6).toString('hex')}`;

describe('the sockets', () => {
  const { log, lines } = keptLog();
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let other: TestAccount;
  let agent: Person;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { log });
    [account, other] = [
      await makeAccount(db, { origin: node.url.origin }),
      await makeAccount(db, { origin: 'https://other.example' }),
    ];
    agent = await makeAgent();
  });
  after(async () => {
    await node.stop();
    await db.close();
    assert.ok(!lines.join('').includes(marker));
    assert.deepEqual(
      lines.filter((line) => line.includes('"level":"error"')),
      [],
    );
  });

  /** Someone to whom routing offers nothing, so that the tests say who has what. */
  async function makeAgent(roles: BuiltInRole[] = ['agent'], of = account): Promise<Person> {
    const person = await makePerson(db, of, { url: node.url, roles, maxConversations: 50 });
    await person.call(setPresence, { params: { accountId: of.id }, body: { state: 'away' } });
    return person;
  }

  const agentAddress = () => new URL('/api/v1/realtime/agent', node.url);
  const visitorAddress = (siteKey = account.siteKey) =>
    new URL(`/api/v1/realtime/visitor?site=${siteKey}`, node.url);
  const ticketOf = async (person: Person) =>
    (await person.call(createRealtimeTicket, { params: { accountId: person.accountId } })).ticket;

  /** A visitor in a conversation that the agent has. */
  async function talk(t: TestContext, having: Person | null = agent) {
    const visitor = await makeVisitor(db, account, node.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    const params = { accountId: account.id, conversationId: id };
    if (having !== null) await having.call(takeConversation, { params });
    const socket = await asVisitor(t, visitor);
    return {
      visitor,
      id,
      params,
      socket,
      stream: streamName(id, 'public'),
      internal: streamName(id, 'internal'),
    };
  }

  async function asVisitor(t: TestContext, visitor: VisitorClient, url = node.url): Promise<TestSocket> {
    const socket = await TestSocket.asVisitor(visitor, url);
    t.after(() => socket.close());
    return socket;
  }

  async function asAgent(t: TestContext, person = agent): Promise<TestSocket> {
    const socket = await TestSocket.asAgent(person);
    t.after(() => socket.close());
    return socket;
  }

  async function follow(socket: TestSocket, stream: StreamName, after = 0): Promise<void> {
    socket.send({ t: 'sub', streams: [{ stream, after }] });
    await socket.next(
      (frame) =>
        'stream' in frame && frame.stream === stream && ['subbed', 'gone', 'reset'].includes(frame.t),
    );
  }

  async function refusal(open: Promise<TestSocket>): Promise<string> {
    return await open.then(
      (socket) => {
        socket.close();
        return 'opened';
      },
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }

  it('attack 33: open for our own page and for the site’s, and for no other', async () => {
    for (const origin of [
      'https://attacker.example',
      'null',
      `${node.url.origin}.attacker.example`,
      node.url.origin.replace('http', 'https'),
      '',
    ]) {
      assert.equal(await refusal(TestSocket.open(agentAddress(), origin)), 'Refused with 403', origin);
      assert.equal(await refusal(TestSocket.open(visitorAddress(), origin)), 'Refused with 403', origin);
    }
    assert.equal(
      await refusal(TestSocket.open(visitorAddress(other.siteKey), node.url.origin)),
      'Refused with 403',
    );
    assert.equal(
      await refusal(TestSocket.open(visitorAddress('A'.repeat(20)), node.url.origin)),
      'Refused with 404',
    );
    assert.equal(await refusal(TestSocket.open(visitorAddress(''), node.url.origin)), 'Refused with 404');
    for (const path of ['constructor', '__proto__', 'toString', '', 'agent/', 'agent/x']) {
      assert.equal(
        await refusal(TestSocket.open(new URL(`/api/v1/realtime/${path}`, node.url), node.url.origin)),
        'Refused with 404',
        path,
      );
    }
    assert.equal(await refusal(TestSocket.open(agentAddress(), node.url.origin)), 'opened');
    assert.equal(await refusal(TestSocket.open(visitorAddress(), node.url.origin)), 'opened');
  });

  it('refuse a path that is no path', async () => {
    const socket = connect(Number(node.url.port), '127.0.0.1');
    socket.write(
      'GET // HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 404 /);
    socket.destroy();
  });

  /** Sends the credential and answers with how the server closes. */
  async function knock(
    address: URL,
    origin: string,
    credential: string,
  ): Promise<{ code: number; bye: string | null }> {
    const socket = await TestSocket.open(address, origin);
    socket.send({ t: 'hello', protocol: 1, credential });
    const code = await socket.closed();
    const bye = socket.frames.find((frame) => frame.t === 'bye');
    return { code, bye: bye?.t === 'bye' ? bye.code : null };
  }

  it('change nothing by being opened and refused', async () => {
    const before = await tableContents(db);
    for (let count = 0; count < 5; count += 1)
      await knock(agentAddress(), node.url.origin, randomBytes(32).toString('base64url'));
    const socket = new WebSocket(visitorAddress().href.replace('http', 'ws'), { origin: node.url.origin });
    await once(socket, 'open');
    socket.send(Buffer.alloc(100_000, 0x20));
    await once(socket, 'close');
    const now = await tableContents(db);
    assert.deepEqual(
      { ...now, visitor_link: '', agent_presence: '' },
      { ...before, visitor_link: '', agent_presence: '' },
    );
  });

  it('attack 33: take a ticket once, of 50 that come with it at the same time', async () => {
    const ticket = await ticketOf(agent);
    const sockets = await Promise.all(
      Array.from({ length: 50 }, async () => await TestSocket.open(agentAddress(), node.url.origin)),
    );
    for (const socket of sockets) socket.send({ t: 'hello', protocol: 1, credential: ticket });
    await eventually(
      () => sockets.filter((socket) => socket.closeCode === 1008).length === 49,
      'all but one are closed',
    );
    const welcomed = sockets.filter((socket) => socket.closeCode === null);
    await welcomed[0]?.next((frame) => frame.t === 'welcome');
    assert.equal(sockets.filter((socket) => socket.frames.some(({ t }) => t === 'welcome')).length, 1);
    assert.equal(welcomed[0]?.closeCode, null);
    for (const socket of sockets) socket.close();
  });

  it('attack 33: take no ticket that has expired, was made up, or is of a session that has ended', async () => {
    const refused = { code: 1008, bye: 'signin.required' };
    const { origin } = node.url;
    const expired = await ticketOf(agent);
    await db.asOwner("update realtime_ticket set expires_at = now() - interval '1 second'");
    assert.deepEqual(await knock(agentAddress(), origin, expired), refused);
    assert.deepEqual(await knock(agentAddress(), origin, randomBytes(32).toString('base64url')), refused);
    assert.deepEqual(
      await knock(agentAddress(), origin, (await makeVisitor(db, account, node.url)).token),
      refused,
    );
    const leaver = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    const orphan = await ticketOf(leaver);
    await db.asOwner("update session set expires_at = now() - interval '1 second' where user_id = $1", [
      leaver.userId,
    ]);
    assert.deepEqual(await knock(agentAddress(), origin, orphan), refused);
    const removed = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    const held = await ticketOf(removed);
    await db.asOwner("update membership set status = 'inactive' where user_id = $1", [removed.userId]);
    assert.deepEqual(await knock(agentAddress(), origin, held), refused);
  });

  it('attack 33: take no visitor of another site, and none whose session has ended', async () => {
    const refused = { code: 1008, bye: 'visitors.session-ended' };
    const { origin } = node.url;
    const foreign = await makeVisitor(db, other, node.url);
    assert.deepEqual(await knock(visitorAddress(), origin, foreign.token), refused);
    assert.deepEqual(await knock(visitorAddress(), origin, await ticketOf(agent)), refused);
    const late = await makeVisitor(db, account, node.url);
    await db.asOwner("update visitor_session set expires_at = now() - interval '1 second' where id = $1", [
      late.visitorId,
    ]);
    assert.deepEqual(await knock(visitorAddress(), origin, late.token), refused);
  });

  it('close when nothing is said for five seconds, and when something else is said first', async () => {
    const silent = await TestSocket.open(agentAddress(), node.url.origin);
    const began = Date.now();
    for (const frame of [
      { t: 'typing', stream: streamName(randomUUID(), 'public'), on: true },
      { t: 'hello', protocol: 2, credential: 'x'.repeat(43) },
      { t: 'hello' },
    ]) {
      const hasty = await TestSocket.open(visitorAddress(), node.url.origin);
      hasty.send(frame as never);
      assert.equal(await hasty.closed(), 1008);
    }
    assert.equal(await silent.closed(7_000), 1008);
    assert.ok(Date.now() - began > 4_500);
  });

  it('close on a frame that is none, and do nothing that is sent behind it', async (t) => {
    const { visitor, stream, id } = await talk(t);
    const nonsense: [string | Buffer, { binary?: boolean }, number][] = [
      ['', {}, 1008],
      ['{', {}, 1008],
      ['[]', {}, 1008],
      ['null', {}, 1008],
      ['"post"', {}, 1008],
      ['{"t":"post"}', {}, 1008],
      ['{"t":"__proto__"}', {}, 1008],
      ['{"t":"constructor"}', {}, 1008],
      ['{"t":["post"]}', {}, 1008],
      [JSON.stringify({ t: 'hello', protocol: 1, credential: visitor.token }), {}, 1008],
      [
        JSON.stringify({
          t: 'post',
          cid: randomUUID(),
          stream,
          kind: 'message',
          text: marker,
          actor: 'agent',
        }),
        {},
        1008,
      ],
      [JSON.stringify({ t: 'post', cid: randomUUID(), stream, kind: 'resolved', text: marker }), {}, 1008],
      [
        JSON.stringify({ t: 'post', cid: randomUUID(), stream: `${stream}x`, kind: 'message', text: marker }),
        {},
        1008,
      ],
      [
        JSON.stringify({ t: 'post', cid: randomUUID(), stream, kind: 'message', text: 'x'.repeat(4_001) }),
        {},
        1008,
      ],
      [JSON.stringify({ t: 'post', cid: 'x', stream, kind: 'message', text: marker }), {}, 1008],
      [JSON.stringify({ t: 'seen', stream, delivered: -1, read: 1 }), {}, 1008],
      [JSON.stringify({ t: 'seen', stream, delivered: 1e300, read: 1 }), {}, 1008],
      [
        JSON.stringify({ t: 'sub', streams: Array.from({ length: 51 }, () => ({ stream, after: 0 })) }),
        {},
        1008,
      ],
      [JSON.stringify({ t: 'sub', streams: [] }), {}, 1008],
      [JSON.stringify({ t: 'pong', n: 'x', waitingMs: 0 }), {}, 1008],
      [JSON.stringify({ t: 'typing', stream, on: true }), { binary: true }, 1008],
      [`{"t":"post","text":"${marker.padEnd(70_000, 'x')}"}`, {}, 1009],
      [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), {}, 1007],
      [Buffer.from(`{"t":"post","text":"\xed\xa0\x80"}`, 'latin1'), {}, 1007],
    ];
    const behind = () => ({ t: 'post', cid: randomUUID(), stream, kind: 'message', text: 'Behind' }) as const;
    const before = await db.asOwner('select * from entry where conversation_id = $1 order by seq', [id]);
    for (const [data, { binary = false }, code] of nonsense) {
      const socket = await asVisitor(t, visitor);
      socket.socket.send(data, { binary });
      socket.send(behind());
      assert.equal(await socket.closed(), code, String(data).slice(0, 80));
    }
    await sleep(100);
    const now = await db.asOwner('select * from entry where conversation_id = $1 order by seq', [id]);
    assert.deepEqual(now.rows, before.rows);
  });

  it('show a visitor their own public stream, and nothing else', async (t) => {
    const { socket, stream, internal } = await talk(t);
    const another = await talk(t);
    const elsewhere = await makeVisitor(db, other, node.url);
    const foreign = await elsewhere.call(startConversation, {
      body: { cid: randomUUID(), text: 'Elsewhere' },
    });
    await follow(socket, stream);
    for (const name of [
      internal,
      another.stream,
      another.internal,
      streamName(foreign.id, 'public'),
      streamName(randomUUID(), 'public'),
    ]) {
      await follow(socket, name);
      assert.ok(
        socket.frames.some((frame) => frame.t === 'gone' && frame.stream === name),
        name,
      );
      assert.equal((await socket.posted(name, marker)).t, 'nack');
      socket.send({ t: 'typing', stream: name, on: true });
      socket.send({ t: 'seen', stream: name, delivered: 100, read: 100 });
    }
    const note = await socket.posted(stream, marker, { kind: 'note' });
    assert.deepEqual(note.t === 'nack' && note.code, 'request.invalid');
    const wrongStream = await socket.posted(internal, marker, { kind: 'note' });
    assert.equal(wrongStream.t, 'nack');
    await follow(another.socket, another.stream);
    await another.socket.posted(another.stream, 'Mine alone');
    await sleep(400);
    assert.deepEqual(socket.texts(stream), ['Hello']);
    assert.deepEqual(socket.entries(another.stream), []);
    const { rows } = await db.asOwner<{ count: number }>(
      'select count(*)::int as count from conversation where id in ($1, $2) and (visitor_delivered > 4 or visitor_read > 4)',
      [another.id, foreign.id],
    );
    assert.deepEqual(rows, [{ count: 0 }]);
    assert.ok(!another.socket.frames.some((frame) => frame.t === 'typing'));
  });

  it('attack 39: show an agent what is theirs, and nothing that is another agent’s or another account’s', async (t) => {
    const colleague = await makeAgent();
    const stranger = await makeAgent(['agent', 'supervisor', 'administrator'], other);
    const { stream, internal } = await talk(t);
    for (const person of [colleague, stranger]) {
      const socket = await asAgent(t, person);
      for (const name of [stream, internal]) {
        await follow(socket, name);
        assert.ok(socket.frames.some((frame) => frame.t === 'gone' && frame.stream === name));
        assert.equal(
          (await socket.posted(name, marker, { kind: name === internal ? 'note' : 'message' })).t,
          'nack',
        );
      }
      assert.deepEqual([...socket.entries(stream), ...socket.entries(internal)], []);
    }
    const socket = await asAgent(t);
    for (const name of [stream, internal]) await follow(socket, name);
    await eventually(() => socket.texts(stream).length === 1, 'the agent reads the conversation');
    assert.equal((await socket.posted(internal, 'A note', { kind: 'note' })).t, 'ack');
    assert.equal((await socket.posted(internal, marker)).t, 'nack');
    assert.equal((await socket.posted(stream, marker, { kind: 'note' })).t, 'nack');
  });

  it('attack 43: let an agent follow a conversation no longer that has gone to somebody else', async (t) => {
    const { stream, internal, params, socket: visitorSocket } = await talk(t);
    const socket = await asAgent(t);
    for (const name of [stream, internal]) await follow(socket, name);
    const { id: queueId } = await (
      await makePerson(db, account, { url: node.url, roles: ['administrator'] })
    ).call(createQueue, {
      params: { accountId: account.id },
      body: { name: `Queue ${randomUUID()}` },
    });
    await agent.call(transferConversation, { params, body: { queueId } });
    for (const name of [stream, internal])
      await socket.next((frame) => frame.t === 'gone' && frame.stream === name);
    await visitorSocket.posted(stream, 'Not for you any more');
    await sleep(300);
    assert.ok(!socket.texts(stream).includes('Not for you any more'));
    assert.equal(socket.closeCode, null);
  });

  it('close with the session they stand on', async (t) => {
    const { visitor, socket } = await talk(t, null);
    await visitor.call(endVisitorSession);
    assert.equal(await socket.closed(), 1008);
    assert.ok(socket.frames.some((frame) => frame.t === 'bye' && frame.code === 'visitors.session-ended'));
  });

  it('slow down who posts too fast, losing nothing, and close on who does not listen', async (t) => {
    const { socket, stream, visitor } = await talk(t);
    const cids = Array.from({ length: 120 }, (_, number) => socket.post(stream, `Fast ${number}`));
    await eventually(
      () => socket.frames.filter((frame) => frame.t === 'ack' || frame.t === 'nack').length >= 120,
      'all are answered',
    );
    const refused = socket.frames.filter((frame) => frame.t === 'nack');
    assert.ok(refused.length >= 20 && refused.length <= 40, `${refused.length} refused`);
    assert.ok(
      refused.every((frame) => frame.code === 'request.rate-limited' && (frame.retryAfterMs ?? 0) > 0),
    );
    assert.equal(socket.closeCode, null);
    const again = await asVisitor(t, visitor);
    await sleep(50);
    for (const cid of cids.slice(0, 60))
      assert.equal((await again.posted(stream, 'Again', { cid })).t, 'ack');
    await follow(again, stream);
    await eventually(() => again.texts(stream).length >= 2, 'the stream is read');
    const shown = again.entries(stream).flatMap(({ cid }) => (cid === null ? [] : [cid]));
    assert.equal(new Set(shown).size, shown.length);
    const flood = await asVisitor(t, visitor);
    for (let count = 0; count < 2_000; count += 1) flood.send({ t: 'pong', n: count, waitingMs: 0 });
    assert.equal(await flood.closed(), 1008);
  });

  it('tell receipts that only grow, and never go beyond what there is', async (t) => {
    const { socket, stream, params, id } = await talk(t);
    const agentSocket = await asAgent(t);
    await follow(socket, stream);
    await follow(agentSocket, stream);
    const state = async () => {
      const { items } = await agent.call(listMyConversations, { params: { accountId: account.id } });
      const mine = items.find((item) => item.id === id);
      return [mine?.visitorDelivered, mine?.visitorRead, mine?.agentRead];
    };
    socket.send({ t: 'seen', stream, delivered: 2, read: 1 });
    await eventually(async () => String(await state()) === '2,1,0', 'the visitor’s receipt is written');
    await agentSocket.next(
      (frame) => frame.t === 'receipts' && frame.visitorDelivered === 2 && frame.visitorRead === 1,
    );
    socket.send({ t: 'seen', stream, delivered: 1, read: 0 });
    agentSocket.send({ t: 'seen', stream, delivered: 0, read: Number.MAX_SAFE_INTEGER });
    await eventually(
      async () => String(await state()) === '2,1,3',
      'receipts end at the head, and do not go back',
    );
    socket.send({ t: 'seen', stream, delivered: 9_999, read: 9_999 });
    await eventually(async () => String(await state()) === '3,3,3', 'receipts end at the head');
    // A colleague who may read along moves nobody's receipts, not even at the same moment.
    const reader = await makeAgent(['supervisor']);
    const readerSocket = await asAgent(t, reader);
    await follow(readerSocket, stream);
    await socket.posted(stream, 'Four');
    readerSocket.send({ t: 'seen', stream, delivered: 0, read: 4 });
    agentSocket.send({ t: 'seen', stream, delivered: 0, read: 2 });
    await sleep(700);
    assert.equal((await state())[2], 3);
    await agent.call(resolveConversation, { params });
  });

  it('tell who is typing to the other side, and not to the one who types', async (t) => {
    const { socket, stream } = await talk(t);
    const agentSocket = await asAgent(t);
    await follow(socket, stream);
    await follow(agentSocket, stream);
    socket.send({ t: 'typing', stream, on: true });
    await agentSocket.next((frame) => frame.t === 'typing' && frame.actor === 'visitor' && frame.on);
    agentSocket.send({ t: 'typing', stream, on: true });
    await socket.next((frame) => frame.t === 'typing' && frame.actor === 'agent');
    assert.equal(socket.frames.filter((frame) => frame.t === 'typing').length, 1);
  });

  it('attack 26: close when the user is removed, and their conversations go back to the queue', async (t) => {
    const leaver = await makeAgent();
    const { stream, params } = await talk(t, leaver);
    const socket = await asAgent(t, leaver);
    await follow(socket, stream);
    const administrator = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    await administrator.call(removeUser, { params: { accountId: account.id, userId: leaver.userId } });
    await socket.next((frame) => frame.t === 'gone' && frame.stream === stream);
    const { rows } = await db.asOwner('select state, agent_id from conversation where id = $1', [
      params.conversationId,
    ]);
    assert.deepEqual(
      rows.map(({ state }) => state as string).filter((state) => state === 'active'),
      [],
    );
  });

  it('say where to go when the node drains, and take nobody new', async (t) => {
    const draining = await startTestNode(db);
    const site = await makeAccount(db, { origin: draining.url.origin });
    const socket = await TestSocket.asVisitor(await makeVisitor(db, site, draining.url), draining.url);
    t.after(() => socket.close());
    const stopped = draining.stop(600);
    const drain = await socket.next<{ t: 'drain'; withinMs: number }>((frame) => frame.t === 'drain');
    assert.equal(drain.withinMs, 600);
    assert.equal(
      await refusal(
        TestSocket.open(new URL(`/api/v1/realtime/visitor?site=${site.siteKey}`, draining.url), site.origin),
      ),
      'Refused with 503',
    );
    assert.equal((await fetch(new URL('/readyz', draining.url))).status, 503);
    assert.equal(await socket.closed(), 1012);
    await stopped;
  });
});
