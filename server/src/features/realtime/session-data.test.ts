import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BuiltInRole } from '@samtal/contract/access';
import {
  resolveConversation,
  streamName,
  takeConversation,
  transferConversation,
  type StreamName,
} from '@samtal/contract/conversations';
import type { ClientFrame, ServerFrame } from '@samtal/contract/realtime';
import { setPresence } from '@samtal/contract/routing';
import { makeShowKey, sealShown } from '@samtal/contract/session-data';
import { getWidgetConfiguration, startConversation } from '@samtal/contract/widget';
import { Client } from 'pg';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  request,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { eventually, TestSocket } from '../../../test/socket.ts';
import { changeSettings } from '../settings/index.ts';

const marker = `one-time-code-${randomBytes(8).toString('hex')}`;
const values = { 'Logged in as': marker };
/** How long what must not come is waited for. */
const quietMs = 400;

type Show = Extract<ServerFrame, { t: 'show' }>;
type ShowKeyFrame = Extract<ServerFrame, { t: 'show-key' }>;

describe('session data', () => {
  const { log, lines } = keptLog();
  const heard: string[] = [];
  let db: TestDatabase;
  let node: TestNode;
  /** Another node on the same database: what goes between browsers goes between nodes. */
  let other: TestNode;
  let account: TestAccount;
  let agent: Person;
  let listener: Client;

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { log });
    other = await startTestNode(db, { log, publicUrl: node.url });
    account = await makeAccount(db, { origin: node.url.origin });
    await allow(account, true, 0);
    agent = await makeAgent();
    listener = new Client({ connectionString: db.url });
    await listener.connect();
    listener.on('notification', ({ payload }) => heard.push(payload ?? ''));
    await listener.query('listen samtal');
  });
  after(async () => {
    await listener.end();
    await node.stop();
    await other.stop();
    await searchEverything();
    await db.close();
  });

  async function allow(of: TestAccount, shown: boolean, version: number): Promise<void> {
    await db.database.transaction(of.id, async (tx) => {
      await changeSettings(tx, of.id, {
        channelId: null,
        version,
        set: { 'session-data.shown': shown },
        unset: [],
        by: { kind: 'operator' },
        reason: 'a test',
      });
    });
  }

  async function makeAgent(roles: BuiltInRole[] = ['agent'], of = account): Promise<Person> {
    const person = await makePerson(db, of, { url: node.url, roles, maxConversations: 50 });
    await person.call(setPresence, { params: { accountId: of.id }, body: { state: 'away' } });
    return person;
  }

  /** A visitor on one node in a conversation that an agent on the other node has. */
  async function talk(t: TestContext, of = account, having = agent) {
    const visitor = await makeVisitor(db, of, node.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    const params = { accountId: of.id, conversationId: id };
    await having.call(takeConversation, { params });
    const stream = streamName(id, 'public');
    const atAgent = await following(t, await TestSocket.asAgent(having, other.url), stream);
    const atVisitor = await following(t, await TestSocket.asVisitor(visitor, node.url), stream);
    return { visitor, params, stream, atAgent, atVisitor };
  }

  async function following(t: TestContext, socket: TestSocket, stream: StreamName): Promise<TestSocket> {
    t.after(() => socket.close());
    socket.send({ t: 'sub', streams: [{ stream, after: 0 }] });
    await socket.next((frame) => frame.t === 'subbed' && frame.stream === stream);
    return socket;
  }

  const keyAt = async (socket: TestSocket, key: string) =>
    await socket.next<ShowKeyFrame>((frame) => frame.t === 'show-key' && frame.key === key);
  const shownAt = (socket: TestSocket) => socket.frames.filter((frame) => frame.t === 'show');
  const nothingAt = async (...sockets: TestSocket[]) => {
    await sleep(quietMs);
    for (const socket of sockets) assert.deepEqual(shownAt(socket), []);
  };

  it('reaches the agent who has the conversation, on whatever node, and nobody else', async (t) => {
    const { atAgent, atVisitor, stream } = await talk(t);
    const supervisor = await makeAgent(['supervisor']);
    const colleague = await makeAgent();
    const watching = await following(t, await TestSocket.asAgent(supervisor, node.url), stream);
    const elsewhere = await TestSocket.asAgent(colleague, other.url);
    t.after(() => elsewhere.close());
    const theirs = await makeShowKey();
    // Whoever may read it may still not have it shown.
    for (const socket of [watching, elsewhere]) socket.send({ t: 'show-key', stream, key: theirs.publicKey });
    const key = await makeShowKey();
    atAgent.send({ t: 'show-key', stream, key: key.publicKey });
    await keyAt(atVisitor, key.publicKey);
    const sealed = await sealShown(key.publicKey, stream, values);
    atVisitor.send({ t: 'show', stream, key: key.publicKey, sealed });
    const frame = await atAgent.next<Show>(({ t: kind }) => kind === 'show');
    assert.deepEqual(await key.open(stream, frame.sealed ?? ''), values);
    await nothingAt(watching, elsewhere, atVisitor);
    assert.ok(!atVisitor.frames.some((each) => each.t === 'show-key' && each.key === theirs.publicKey));
    assert.ok(
      heard.some((line) => line.includes(sealed)),
      'it went from node to node, sealed',
    );
  });

  it('is asked for again after a reload on either side, and ends with the page that showed it', async (t) => {
    const { visitor, atAgent, atVisitor, stream } = await talk(t);
    const key = await makeShowKey();
    atAgent.send({ t: 'show-key', stream, key: key.publicKey });
    await keyAt(atVisitor, key.publicKey);
    const sealed = await sealShown(key.publicKey, stream, values);
    atVisitor.send({ t: 'show', stream, key: key.publicKey, sealed });
    const first = await atAgent.next<Show>((frame) => frame.t === 'show' && frame.sealed !== null);
    atVisitor.close();
    await atAgent.next((frame) => frame.t === 'show' && frame.sealed === null && frame.from === first.from);
    const reloaded = await following(t, await TestSocket.asVisitor(visitor, node.url), stream);
    reloaded.send({ t: 'show-ask', stream });
    await keyAt(reloaded, key.publicKey);
    // The agent’s browser was loaded anew: another key, which the visitor’s browser hears of at once.
    const again = await following(t, await TestSocket.asAgent(agent, other.url), stream);
    const next = await makeShowKey();
    again.send({ t: 'show-key', stream, key: next.publicKey });
    await keyAt(reloaded, next.publicKey);
  });

  it('passes to nobody any more once the conversation is transferred or resolved', async (t) => {
    for (const leave of ['transfer', 'resolve'] as const) {
      const { params, atAgent, atVisitor, stream } = await talk(t);
      const key = await makeShowKey();
      atAgent.send({ t: 'show-key', stream, key: key.publicKey });
      await keyAt(atVisitor, key.publicKey);
      if (leave === 'resolve') await agent.call(resolveConversation, { params });
      else await agent.call(transferConversation, { params, body: { queueId: account.queueId } });
      const sealed = await sealShown(key.publicKey, stream, values);
      atVisitor.send({ t: 'show', stream, key: key.publicKey, sealed });
      atVisitor.send({ t: 'show-ask', stream });
      await nothingAt(atAgent);
      assert.equal(atVisitor.frames.filter((frame) => frame.t === 'show-key').length, 1, leave);
    }
  });

  it('passes only where the settings want it, and the widget is told', async (t) => {
    const of = await makeAccount(db, { origin: node.url.origin });
    const person = await makeAgent(['agent'], of);
    const told = async () => {
      const answer = await request(node.url, getWidgetConfiguration, { params: { siteKey: of.siteKey } });
      return (answer.body as { showsSessionData: boolean }).showsSessionData;
    };
    assert.equal(await told(), false);
    const { atAgent, atVisitor, stream } = await talk(t, of, person);
    const key = await makeShowKey();
    const sealed = await sealShown(key.publicKey, stream, values);
    const say = async () => {
      atAgent.send({ t: 'show-key', stream, key: key.publicKey });
      atVisitor.send({ t: 'show-ask', stream });
      atVisitor.send({ t: 'show', stream, key: key.publicKey, sealed });
    };
    const before = heard.length;
    await say();
    await nothingAt(atAgent);
    assert.ok(!heard.slice(before).some((line) => line.includes(stream) && line.includes('show')));
    assert.ok(!atVisitor.frames.some((frame) => frame.t === 'show-key'));
    await allow(of, true, 0);
    assert.equal(await told(), true);
    await say();
    await eventually(() => shownAt(atAgent).length > 0, 'it passes once it may');
  });

  it('does not pass for whoever has nothing to do with the conversation, or makes no sense', async (t) => {
    const { atAgent, atVisitor, stream } = await talk(t);
    const key = await makeShowKey();
    atAgent.send({ t: 'show-key', stream, key: key.publicKey });
    await keyAt(atVisitor, key.publicKey);
    const sealed = await sealShown(key.publicKey, stream, values);
    const mine = await talk(t);
    // Another visitor of the account, who has found the id out; and one of another account.
    const elsewhere = await makeAccount(db, { origin: node.url.origin });
    await allow(elsewhere, true, 0);
    const theirs = await talk(t, elsewhere, await makeAgent(['agent'], elsewhere));
    for (const { atVisitor: stranger } of [mine, theirs]) {
      stranger.send({ t: 'sub', streams: [{ stream, after: 0 }] });
      await stranger.next((frame) => frame.t === 'gone' && frame.stream === stream);
      stranger.send({ t: 'show', stream, key: key.publicKey, sealed });
      stranger.send({ t: 'show-ask', stream });
    }
    // The agent of the other account announces the same key for a conversation of theirs.
    theirs.atAgent.send({ t: 'show-key', stream: theirs.stream, key: key.publicKey });
    await keyAt(theirs.atVisitor, key.publicKey);
    // A key that nobody has announced.
    const unknown = (await makeShowKey()).publicKey;
    atVisitor.send({ t: 'show', stream, key: unknown, sealed });
    await nothingAt(atAgent, mine.atAgent, theirs.atAgent);
    // Sealed for another conversation: it passes, and does not open.
    const moved = await sealShown(key.publicKey, mine.stream, values);
    atVisitor.send({ t: 'show', stream, key: key.publicKey, sealed: moved });
    const frame = await atAgent.next<Show>((each) => each.t === 'show');
    assert.equal(await key.open(stream, frame.sealed ?? ''), null);
  });

  it('closes the connection of whoever sends what no client of ours sends', async (t) => {
    const key = (await makeShowKey()).publicKey;
    const good = await sealShown(key, streamName(randomUUID(), 'public'), {});
    const hostile = (stream: StreamName): { as: 'agent' | 'visitor'; frame: object }[] => [
      { as: 'visitor', frame: { t: 'show-key', stream, key } },
      { as: 'agent', frame: { t: 'show-ask', stream } },
      { as: 'agent', frame: { t: 'show', stream, key, sealed: good } },
      { as: 'agent', frame: { t: 'page', path: '/' } },
      { as: 'visitor', frame: { t: 'show', stream, key, sealed: `B${'A'.repeat(4096)}` } },
      { as: 'visitor', frame: { t: 'show', stream, key, sealed: 'B' } },
      { as: 'visitor', frame: { t: 'show', stream, key, sealed: `${good.slice(0, -1)}"` } },
      { as: 'visitor', frame: { t: 'show', stream, key: `A${key.slice(1)}`, sealed: good } },
      { as: 'visitor', frame: { t: 'show', stream, key, sealed: good, more: 1 } },
      { as: 'visitor', frame: { t: 'page', path: '/search?q=my-name' } },
      { as: 'visitor', frame: { t: 'page', path: `/${'a'.repeat(300)}` } },
      { as: 'visitor', frame: { t: 'page', path: 'https://example.org/' } },
    ];
    const { visitor, stream } = await talk(t);
    for (const { as, frame } of hostile(stream)) {
      const socket =
        as === 'agent'
          ? await TestSocket.asAgent(agent, other.url)
          : await TestSocket.asVisitor(visitor, node.url);
      await following(t, socket, stream);
      socket.send(frame as ClientFrame);
      assert.equal(await socket.closed(), 1008, JSON.stringify(frame).slice(0, 80));
    }
  });

  it('drops what comes too often', async (t) => {
    const { atAgent, atVisitor, stream } = await talk(t);
    const key = await makeShowKey();
    atAgent.send({ t: 'show-key', stream, key: key.publicKey });
    await keyAt(atVisitor, key.publicKey);
    const sealed = await sealShown(key.publicKey, stream, values);
    for (let turn = 0; turn < 60; turn += 1)
      atVisitor.send({ t: 'show', stream, key: key.publicKey, sealed });
    await eventually(() => shownAt(atAgent).length > 0, 'some come through');
    await sleep(quietMs);
    const count = shownAt(atAgent).length;
    assert.ok(count <= 25, `${count}`);
  });

  /** No row, no line of a log, no line between nodes has what was shown. */
  async function searchEverything(): Promise<void> {
    const forms = [
      marker,
      Buffer.from(marker).toString('hex'),
      Buffer.from(marker).toString('base64').slice(0, 20),
    ];
    assert.ok(heard.length > 10);
    for (const line of [...heard, ...lines]) for (const form of forms) assert.ok(!line.includes(form));
    const { rows: tables } = await db.asOwner<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema')`,
    );
    for (const { name } of tables) {
      const { rows } = await db.asOwner<{ whole: string }>(`select row::text as whole from ${name} row`);
      for (const { whole } of rows) for (const form of forms) assert.ok(!whole.includes(form), name);
    }
  }
});
