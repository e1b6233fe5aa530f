import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { endOwnSession, endSessionOfUser, listSessionsOfUser, signOut } from '@samtal/contract/signin';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { inAnotherSession, makeAccount, makePerson } from '../../../test/callers.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { TestSocket } from '../../../test/socket.ts';

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
});
