import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { readEntries, streamName } from '@samtal/contract/conversations';
import { getVisitorConversation, startConversation } from '@samtal/contract/widget';
import { sql } from 'kysely';
import { makeAccount, makePerson, makeVisitor, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { eventually, TestSocket } from '../../../test/socket.ts';
import { Fanout } from '../../platform/fanout/index.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { caseHashOf } from './case-hash.ts';
import { classOfTable } from './data-classes.ts';
import { deleteConversations, type DeletedConversation } from './delete-conversations.ts';

describe('deleting conversations', () => {
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

  const begin = async () => {
    const visitor = await makeVisitor(db, account, node.url);
    const started = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello?' } });
    return { visitor, id: started.id, case_id: started.caseId, visitor_id: visitor.visitorId };
  };
  // From a process of its own as it were: the node learns of it as of anything another node did.
  const erase = async (conversations: DeletedConversation[]) =>
    await db.database.transaction(account.id, async (tx) => {
      await deleteConversations(tx, await eraser(account.id), account.id, {
        conversations,
        cause: { kind: 'end-of-contract' },
      });
    });
  const eraser = async (of: string) => ({
    keys: new ConversationKeys(db.keyring),
    fanout: new Fanout(),
    caseHash: await caseHashOf(db.keyring, of),
  });
  const hold = async (id: string, until: string | null = null) =>
    await db.asOwner(
      `insert into legal_hold (account_id, conversation_id, reason, placed_by, until) values ($1, $2, 'court', $3, $4)`,
      [account.id, id, randomUUID(), until],
    );
  const count = async (table: string) =>
    (await db.asOwner<{ count: number }>(`select count(*)::int as count from ${table}`)).rows[0]?.count;

  it('leaves no row of them in any table, and a line in the log that only who knows the case id can find', async () => {
    const kept = await begin();
    const { id, case_id, visitor_id } = await begin();
    const rate = 'insert into rating (account_id, conversation_id, score) values ($1, $2, 4)';
    for (const rated of [kept.id, id]) await db.asOwner(rate, [account.id, rated]);
    await erase([{ id, case_id, visitor_id }]);
    assert.equal(await count('rating'), 1);
    const tables = Object.keys(classOfTable);
    const { rows: columns } = await db.asOwner<{ table: string; column: string }>(
      `select table_name as table, column_name as column from information_schema.columns
       where table_schema = 'samtal' and data_type = 'uuid' and table_name = any($1)`,
      [tables],
    );
    for (const { table, column } of columns) {
      const { rowCount } = await db.asOwner(`select from ${table} where ${column} = $1`, [id]);
      assert.equal(rowCount, 0, `${table}.${column}`);
    }
    const { rows: conversations } = await db.asOwner<{ id: string }>('select id from conversation');
    assert.ok(conversations.some((row) => row.id === kept.id));
    const { rows: log } = await db.asOwner<{ count: number; case_hash: Buffer }>(
      'select count, case_hash from deletion join deleted_case on deletion_id = deletion.id',
    );
    const hash = await caseHashOf(db.keyring, account.id);
    assert.deepEqual(log, [{ count: 1, case_hash: hash(case_id) }]);
    const other = await makeAccount(db, { origin: node.url.origin });
    assert.notDeepEqual(log[0]?.case_hash, (await caseHashOf(db.keyring, other.id))(case_id));
  });

  it('tells whoever follows them that they are gone, and takes no post any more', async () => {
    const { visitor, id, case_id, visitor_id } = await begin();
    const supervisor = await makePerson(db, account, { url: node.url, roles: ['supervisor'] });
    const stream = streamName(id, 'public');
    const sockets = [await TestSocket.asAgent(supervisor), await TestSocket.asVisitor(visitor, node.url)];
    for (const socket of sockets) {
      socket.send({ t: 'sub', streams: [{ stream, after: 0 }] });
      await socket.next((frame) => frame.t === 'subbed');
    }
    await erase([{ id, case_id, visitor_id }]);
    for (const socket of sockets) await socket.next((frame) => frame.t === 'gone' && frame.stream === stream);
    const refused = await sockets[1]!.posted(stream, 'Still there?');
    assert.equal(refused.t === 'nack' && refused.code, 'not-found');
    const read = await supervisor.try(readEntries, {
      params: { accountId: account.id, conversationId: id },
    });
    assert.equal(read.status, 404);
    assert.deepEqual((await visitor.try(getVisitorConversation)).body, { conversation: null });
    for (const socket of sockets) socket.socket.terminate();
  });

  it('refuses what is held until the hold has run out, and then deletes all of a batch or nothing', async () => {
    const [held, free] = [await begin(), await begin()];
    await hold(held.id);
    const before = [await count('deletion'), await count('deleted_case')];
    await assert.rejects(
      erase([held, free]),
      (error: unknown) => error instanceof Refusal && error.code === 'retention.held',
    );
    assert.deepEqual([await count('deletion'), await count('deleted_case')], before);
    await db.asOwner("update legal_hold set until = now() - interval '1 second' where conversation_id = $1", [
      held.id,
    ]);
    await erase([held, free]);
    assert.equal(
      (await db.asOwner('select from conversation where id = any($1)', [[held.id, free.id]])).rowCount,
      0,
    );
  });

  it('is not possible past the log, past a hold, or for another account', async () => {
    const { id } = await begin();
    const other = await makeAccount(db, { origin: node.url.origin });
    const as = async (scope: string, statement: ReturnType<typeof sql>) =>
      await db.database.transaction(scope, async (tx) => await statement.execute(tx.sql));
    const call = (logged: string) => sql`select erase_conversations(${[id]}::uuid[], ${logged})`;
    await assert.rejects(as(account.id, sql`delete from conversation where id = ${id}`), /permission denied/);
    await assert.rejects(
      as(account.id, sql`delete from entry where conversation_id = ${id}`),
      /permission denied/,
    );
    await assert.rejects(as(account.id, call(randomUUID())), { code: 'SM001' });
    // Not even with a deletion that stood in the log before.
    const { rows } = await db.asOwner<{ id: string }>('select id from deletion where count = 1 limit 1');
    await assert.rejects(as(account.id, call(rows[0]!.id)), { code: 'SM001' });
    await assert.rejects(as('platform', call(randomUUID())), /permission denied/);
    await assert.rejects(
      db.database.transaction(other.id, async (tx) => {
        await deleteConversations(tx, await eraser(other.id), other.id, {
          conversations: [{ id, case_id: 'AAAAA-AAAAA', visitor_id: id }],
          cause: { kind: 'end-of-contract' },
        });
      }),
      { code: 'SM001' },
    );
    await assert.rejects(as(account.id, sql`delete from deletion`), /permission denied/);
    await assert.rejects(as(account.id, sql`update deleted_case set case_hash = ''`), /permission denied/);
    assert.equal((await db.asOwner('select from conversation where id = $1', [id])).rowCount, 1);
    await hold(id);
    await assert.rejects(db.asOwner('delete from conversation where id = $1', [id]), /legal_hold/);
  });

  it('attack 75: goes well together with posts that come at the same moment: what they wrote is in another conversation or erased with it, and never left behind', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { visitor, id, case_id, visitor_id } = await begin();
      const post = async () =>
        await visitor.try(startConversation, { body: { cid: randomUUID(), text: `Again ${round}` } });
      const outcomes = await Promise.all([
        post(),
        post(),
        erase([{ id, case_id, visitor_id }]),
        post(),
        post(),
      ]);
      await eventually(async () => {
        const orphans = await db.asOwner('select from entry where conversation_id = $1', [id]);
        return orphans.rowCount === 0;
      }, 'nothing is left');
      // Whoever was answered well has what they wrote in the new conversation, or it was erased with the old one.
      for (const answer of outcomes) if (answer !== undefined) assert.ok(answer.status < 500, answer.text);
    }
    const { rows } = await db.asOwner(
      'select from entry where not exists (select from conversation_key k where k.conversation_id = entry.conversation_id)',
    );
    assert.equal(rows.length, 0);
  });
});
