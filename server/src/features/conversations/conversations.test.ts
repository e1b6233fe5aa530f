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
} from '@samtal/contract/conversations';
import { getVisitorConversation, startConversation } from '@samtal/contract/widget';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { makeAccount, makePerson, makeVisitor, type TestAccount } from '../../../test/callers.ts';
import { eventually, TestSocket } from '../../../test/socket.ts';

describe('a conversation', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
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
});
