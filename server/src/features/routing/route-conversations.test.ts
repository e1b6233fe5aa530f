import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { makeAccount, makePerson } from '../../../test/callers.ts';
import { createTestDatabase } from '../../../test/database.ts';
import { asMasked } from '../../../test/masked.ts';
import { keptLog } from '../../../test/node.ts';
import { Fanout } from '../../platform/fanout/index.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import {
  ConversationLog,
  Desk,
  presentConversations,
  releaseConversations,
  startConversation,
  UnreadableConversations,
} from '../conversations/index.ts';
import { routeConversations } from './route-conversations.ts';

it('a conversation that cannot be written to is told of, and routing, leaving and lists do not stop at it', async (t) => {
  const db = await createTestDatabase();
  t.after(async () => await db.close());
  const account = await makeAccount(db, { origin: 'https://example.org', assignment: 'assign' });
  const url = new URL('https://example.org');
  const agent = await makePerson(db, account, { url, roles: ['agent'] });
  await db.asOwner(
    `insert into agent_presence (account_id, user_id, connected_until) values ($1, $2, now() + interval '1 hour')
     on conflict (account_id, user_id) do update set connected_until = excluded.connected_until`,
    [account.id, agent.userId],
  );
  const { log: logger, lines } = keptLog();
  const fanout = new Fanout();
  const unreadable = new UnreadableConversations(logger);
  const fresh = () => new ConversationLog(new ConversationKeys(db.keyring), fanout, unreadable);
  const begin = async () => {
    const visitor = {
      accountId: account.id,
      siteId: account.siteId,
      visitorId: randomUUID(),
      address: '',
      origin: null,
    };
    const post = { cid: randomUUID(), text: asMasked('Hello') };
    return await db.database.transaction(account.id, async (tx) => {
      return (await startConversation(tx, { log: fresh(), fanout }, visitor, post)).id;
    });
  };
  const ids = [await begin(), await begin(), await begin(), await begin()];
  const [withoutKey = '', damagedKey = '', damagedEntry = '', whole = ''] = ids;
  await db.asOwner('delete from conversation_key where conversation_id = $1', [withoutKey]);
  await db.asOwner(
    'update conversation_key set wrapped = set_byte(wrapped, 30, 255 - get_byte(wrapped, 30)) where conversation_id = $1',
    [damagedKey],
  );
  await db.asOwner(
    'update entry set body = set_byte(body, 30, 255 - get_byte(body, 30)) where conversation_id = $1 and seq = 2',
    [damagedEntry],
  );

  const route = async () =>
    await db.database.transaction(account.id, async (tx) => {
      const desk = new Desk(fresh(), fanout, async () => {});
      return await routeConversations(tx, account.id, { desk, unreadable });
    });
  assert.equal(await route(), 2);
  assert.equal(await route(), 0);
  const { rows } = await db.asOwner<{ id: string; state: string }>('select id, state from conversation');
  assert.deepEqual(
    ids.map((id) => rows.find((row) => row.id === id)?.state),
    ['waiting', 'waiting', 'active', 'active'],
    'nothing is left of what did not come about',
  );

  // Somebody who has one leaves all the same.
  await db.asOwner("update conversation set state = 'active', agent_id = $2 where id = any($1)", [
    [withoutKey, damagedKey],
    agent.userId,
  ]);
  await db.database.transaction(account.id, async (tx) => {
    await releaseConversations(tx, new Desk(fresh(), fanout, async () => {}), account.id, agent.userId);
  });
  const { rows: released } = await db.asOwner<{ state: string; agent_id: string | null }>(
    'select distinct state, agent_id from conversation',
  );
  assert.deepEqual(released, [{ state: 'waiting', agent_id: null }]);

  const previews = await db.database.read(account.id, async (tx) => {
    const conversations = await tx.sql
      .selectFrom('conversation')
      .selectAll()
      .where('account_id', '=', account.id)
      .execute();
    const presented = await presentConversations(tx, fresh(), account.id, {
      rows: conversations,
      readable: () => true,
    });
    return ids.map((id) => presented.find((each) => each.id === id)?.preview?.text ?? null);
  });
  assert.deepEqual(previews, [null, null, null, 'Hello']);
  const told = lines.filter((line) => line.includes('conversation-unreadable'));
  assert.equal(told.length, 2, 'each once, however often it is met');
  assert.ok([damagedKey, damagedEntry].every((id) => told.some((line) => line.includes(id))));
  assert.ok(!told.some((line) => line.includes(whole)));
});
