import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { changeRole, createRole, giveRole, withdrawRole } from '@samtal/contract/access';
import { readEntries } from '@samtal/contract/conversations';
import { changeQueue } from '@samtal/contract/routing';
import { changeUser } from '@samtal/contract/users';
import { startConversation } from '@samtal/contract/widget';
import { testUnit } from '../../../test/accounts.ts';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { TestSocket } from '../../../test/socket.ts';

describe('a change of access', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let admin: Person;
  let own: { accountId: string };
  let north: string;
  let conversationId: string;
  let roleId: string;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
    account = await makeAccount(db, { origin: node.url.origin });
    admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    own = { accountId: account.id };
    north = await testUnit(db, account.id, 'NORTH');
    await admin.call(changeQueue, { params: { ...own, queueId: account.queueId }, body: { unitId: north } });
    const visitor = await makeVisitor(db, account, node.url);
    conversationId = (await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } }))
      .id;
    const body = { name: 'Reader', authorisations: ['conversations.read' as const], roles: [] };
    roleId = (await admin.call(createRole, { params: own, body })).id;
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  /** Somebody who reads in a region, and follows the conversation. */
  async function reader(): Promise<{ person: Person; grantId: string; socket: TestSocket }> {
    const person = await makePerson(db, account, { url: node.url, roles: [] });
    const body = { userId: person.userId, roleId, scope: { unit: [north] }, reason: 'Complaints' };
    const { id: grantId } = await admin.call(giveRole, { params: own, body });
    const socket = await TestSocket.asAgent(person);
    socket.send({ t: 'sub', streams: [{ stream: `${conversationId}:public`, after: 0 }] });
    await socket.next((frame) => frame.t === 'entries');
    return { person, grantId, socket };
  }
  async function losesIt({ person, socket }: { person: Person; socket: TestSocket }, since: number) {
    const at = { params: { ...own, conversationId }, query: {} };
    assert.equal((await person.try(readEntries, at)).status, 404, 'from the next request on');
    await socket.next((frame) => frame.t === 'gone');
    await socket.next((frame) => frame.t === 'changed' && frame.lists.includes('access'));
    assert.ok(Date.now() - since < 2_000, `the socket after ${Date.now() - since} ms`);
    assert.equal(socket.closeCode, null);
    socket.close();
  }

  it('attack 26, 43: a role that is edited or withdrawn ends what its holder follows, within two seconds', async () => {
    const first = await reader();
    let since = Date.now();
    await admin.call(withdrawRole, { params: { ...own, grantId: first.grantId } });
    await losesIt(first, since);
    const second = await reader();
    since = Date.now();
    await admin.call(changeRole, { params: { ...own, roleId }, body: { authorisations: ['presence.read'] } });
    await losesIt(second, since);
    await admin.call(changeRole, {
      params: { ...own, roleId },
      body: { authorisations: ['conversations.read'], reason: 'Complaints' },
    });
  });

  it('attack 42: a queue that leaves the region takes its conversations along, within two seconds', async () => {
    const follower = await reader();
    const since = Date.now();
    const params = { ...own, queueId: account.queueId };
    await admin.call(changeQueue, { params, body: { unitId: null } });
    await losesIt(follower, since);
    await admin.call(changeQueue, { params, body: { unitId: north } });
  });

  it('attack 26: a user who is switched off loses the socket, within two seconds', async () => {
    const { person, socket } = await reader();
    const since = Date.now();
    await admin.call(changeUser, { params: { ...own, userId: person.userId }, body: { status: 'inactive' } });
    assert.equal(await socket.closed(2_000), 1008);
    assert.ok(Date.now() - since < 2_000);
  });

  it('attack 43: a giver who loses his role while his own change waits is refused', async () => {
    const manager = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    const person = await makePerson(db, account, { url: node.url, roles: [] });
    const { rows } = await db.asOwner<{ id: string }>('select id from role_grant where user_id = $1', [
      manager.userId,
    ]);
    const [grantId] = rows.map(({ id }) => id);
    // Whoever holds the lock of access at this moment is withdrawing the grant of the one who waits for it.
    await db.asOwner('begin');
    await db.asOwner('select pg_advisory_xact_lock(hashtextextended($1, 7318002))', [account.id]);
    const body = { userId: person.userId, roleId, scope: {}, reason: 'A wish' };
    const giving = manager.try(giveRole, { params: own, body });
    for (;;) {
      const { rows: waiting } = await db.asOwner(
        "select from pg_locks where locktype = 'advisory' and not granted",
      );
      if (waiting.length > 0) break;
    }
    await db.asOwner('delete from role_grant where id = $1', [grantId]);
    await db.asOwner('commit');
    const answer = await giving;
    assert.equal(answer.status, 403, answer.text);
  });
});
