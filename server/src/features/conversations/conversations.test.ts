import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  acceptConversation,
  listMyConversations,
  postEntry,
  readEntries,
  resolveConversation,
  streamName,
  takeConversation,
} from '@samtal/contract/conversations';
import { getVisitorConversation, readVisitorEntries, startConversation } from '@samtal/contract/widget';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { makeAccount, makePerson, makeVisitor, type TestAccount } from '../../../test/callers.ts';
import { eventually, TestSocket } from '../../../test/socket.ts';

describe('a conversation', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  const kept = keptLog();

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { log: kept.log });
    account = await makeAccount(db, { origin: node.url.origin });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  it('goes from the first message over offer and acceptance to the resolution, the same for both sides', async () => {
    const agent = await makePerson(db, account, { url: node.url, roles: ['agent'], name: 'Astrid' });
    const agentSocket = await TestSocket.asAgent(agent);
    const visitor = await makeVisitor(db, account, node.url);
    const started = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello?' } });
    assert.equal(started.state, 'waiting');
    const stream = streamName(started.id, 'public');
    const params = { accountId: account.id, conversationId: started.id };

    await eventually(async () => {
      const { items } = await agent.call(listMyConversations, { params: { accountId: account.id } });
      return items.some(
        (each) => each.id === started.id && each.state === 'offered' && each.preview?.text === 'Hello?',
      );
    }, 'the conversation is offered to the agent');
    const accepted = await agent.call(acceptConversation, { params });
    assert.equal(accepted.state, 'active');

    const visitorSocket = await TestSocket.asVisitor(visitor, node.url);
    visitorSocket.send({ t: 'sub', streams: [{ stream, after: 0 }] });
    agentSocket.send({ t: 'sub', streams: [{ stream, after: 0 }] });
    await agentSocket.next((frame) => frame.t === 'subbed');
    await visitorSocket.next((frame) => frame.t === 'subbed');
    assert.equal((await agentSocket.posted(stream, 'Good day, how can I help?')).t, 'ack');
    assert.equal((await visitorSocket.posted(stream, 'My bin was not emptied.')).t, 'ack');
    const said = ['Hello?', 'Good day, how can I help?', 'My bin was not emptied.'];
    await eventually(() => visitorSocket.texts(stream).length === 3, 'the visitor sees everything');
    await eventually(() => agentSocket.texts(stream).length === 3, 'the agent sees everything');
    assert.deepEqual(visitorSocket.texts(stream), said);
    assert.deepEqual(agentSocket.texts(stream), said);
    assert.deepEqual(visitorSocket.entries(stream), agentSocket.entries(stream));
    assert.deepEqual(
      agentSocket.entries(stream).map(({ seq }) => seq),
      [1, 2, 3, 4, 5],
    );

    const resolved = await agent.call(resolveConversation, { params });
    assert.equal(resolved.state, 'resolved');
    await eventually(
      () => visitorSocket.entries(stream).at(-1)?.kind === 'resolved',
      'the visitor sees the end',
    );
    const late = await visitorSocket.posted(stream, 'One more thing');
    assert.equal(late.t === 'nack' && late.code, 'conversations.closed');
    const refused = await agent.try(postEntry, {
      params,
      body: { cid: randomUUID(), kind: 'message', text: 'Too late' },
    });
    assert.equal(refused.status, 409);
    const { conversation } = await visitor.call(getVisitorConversation);
    assert.equal(conversation?.state, 'resolved');
    const page = await agent.call(readEntries, { params, query: { audience: 'public' } });
    assert.deepEqual(
      page.entries.map(({ kind }) => kind),
      ['started', 'message', 'joined', 'message', 'message', 'resolved'],
    );
    agentSocket.close();
    visitorSocket.close();
  });

  it('with a damaged entry in each stream shows which, and all others to both sides', async () => {
    const of = await makeAccount(db, { origin: node.url.origin });
    const agent = await makePerson(db, of, { url: node.url, roles: ['agent'], name: 'Astrid' });
    const visitor = await makeVisitor(db, of, node.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello?' } });
    const params = { accountId: of.id, conversationId: id };
    await agent.call(takeConversation, { params });
    for (const [kind, text] of [
      ['message', 'Good day'],
      ['message', 'How can I help?'],
      ['note', 'A note'],
      ['note', 'Another note'],
    ] as const)
      await agent.call(postEntry, { params, body: { cid: randomUUID(), kind, text } });
    const { rows: damaged } = await db.asOwner<{ audience: string; seq: number; author: string }>(
      `update entry set body = set_byte(body, 30, get_byte(body, 30) # 1)
       where conversation_id = $1 and (audience, seq) in (
         select audience, min(seq) from entry where conversation_id = $1 and author = $2 and kind in ('message', 'note')
         group by audience)
       returning audience, seq, author`,
      [id, agent.userId],
    );
    assert.equal(damaged.length, 2);

    const kinds = ['started', 'message', 'joined', 'unreadable', 'message'];
    const inPublic = await agent.call(readEntries, { params, query: { audience: 'public' } });
    assert.deepEqual(
      inPublic.entries.map(({ kind }) => kind),
      kinds,
    );
    assert.deepEqual(
      inPublic.entries.map(({ seq }) => seq),
      [1, 2, 3, 4, 5],
    );
    const shown = inPublic.entries.find(({ kind }) => kind === 'unreadable');
    assert.deepEqual(shown?.actor, { kind: 'agent', id: agent.userId, name: null });
    assert.deepEqual(shown.body, {});
    const internal = await agent.call(readEntries, { params, query: { audience: 'internal' } });
    assert.deepEqual(
      internal.entries.map(({ kind, body }) => ('text' in body ? body.text : kind)).slice(-2),
      ['note-unreadable', 'Another note'],
    );
    const { entries } = await visitor.call(readVisitorEntries, { query: {} });
    assert.deepEqual(
      entries.map(({ kind }) => kind),
      kinds,
    );

    const stream = streamName(id, 'public');
    const sockets = [await TestSocket.asAgent(agent), await TestSocket.asVisitor(visitor, node.url)];
    for (const socket of sockets) {
      socket.send({ t: 'sub', streams: [{ stream, after: 0 }] });
      await eventually(() => socket.entries(stream).length === 5, 'everything is there');
      assert.deepEqual(
        socket.entries(stream).map(({ kind }) => kind),
        kinds,
      );
    }
    assert.equal((await sockets[0]!.posted(stream, 'It goes on')).t, 'ack');
    for (const socket of sockets) {
      await eventually(() => socket.texts(stream).includes('It goes on'), 'and so does the conversation');
      socket.close();
    }
    assert.ok(kept.lines.some((line) => line.includes('conversation-unreadable') && line.includes(id)));
  });
});
