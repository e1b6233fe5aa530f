import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { testAccount } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { seal, unseal } from './ciphertext.ts';
import { CiphertextError, ConversationKeys } from './index.ts';

describe('the keys of conversations', () => {
  let db: TestDatabase;
  let account: string;
  before(async () => {
    db = await createTestDatabase();
    account = await testAccount(db);
  });
  after(async () => await db.close());

  /** Makes a conversation with its key, as starting one does. */
  async function conversation(keys: ConversationKeys, of = account): Promise<string> {
    const id = randomUUID();
    await db.asOwner(
      `insert into conversation (account_id, id, case_id, state, site_name, queue_id, queue_name, visitor_id)
       values ($1, $2, $3, 'waiting', 'Site', $4, 'Queue', $5)`,
      [of, id, id, randomUUID(), randomUUID()],
    );
    await db.database.transaction(of, async (tx) => await keys.create(tx, of, id));
    return id;
  }

  const buckets = async (of = account) =>
    (
      await db.asOwner<{ id: string; conversations: number }>(
        'select id, conversations from key_bucket where account_id = $1 order by opened_at',
        [of],
      )
    ).rows;

  it('are found again by a node that did not make them, and open what was sealed', async () => {
    const id = await conversation(new ConversationKeys(db.keyring));
    const where = { account, object: id, record: '1', field: 'body' };
    const one = await db.database.read(
      account,
      async (tx) => await new ConversationKeys(db.keyring).one(tx, account, id),
    );
    const other = await db.database.read(
      account,
      async (tx) => await new ConversationKeys(db.keyring).one(tx, account, id),
    );
    assert.equal(unseal(other, where, seal(one, where, Buffer.from('text'))).toString(), 'text');
  });

  it('go into a new bucket once the bucket is full, also when many conversations begin at once', async () => {
    const own = await testAccount(db);
    const keys = new ConversationKeys(db.keyring, { bucketSize: 4 });
    for (let count = 0; count < 5; count += 1) await conversation(keys, own);
    assert.deepEqual(
      (await buckets(own)).map((bucket) => bucket.conversations),
      [4, 1],
    );
    await Promise.all(Array.from({ length: 12 }, async () => await conversation(keys, own)));
    const all = await buckets(own);
    assert.ok(
      all.every((bucket) => bucket.conversations <= 4),
      JSON.stringify(all),
    );
    assert.equal(
      all.reduce((sum, bucket) => sum + bucket.conversations, 0),
      17,
    );
    const { rows } = await db.asOwner<{ bucket_id: string; count: number }>(
      'select bucket_id, count(*)::int as count from conversation_key where account_id = $1 group by bucket_id',
      [own],
    );
    assert.deepEqual(
      new Map(rows.map((row) => [row.bucket_id, row.count])),
      new Map(all.map((bucket) => [bucket.id, bucket.conversations])),
    );
  });

  it('roll over at 4,096 conversations', async () => {
    const own = await testAccount(db);
    const keys = new ConversationKeys(db.keyring);
    await conversation(keys, own);
    await db.asOwner('update key_bucket set conversations = 4095 where account_id = $1', [own]);
    await conversation(keys, own);
    await conversation(keys, own);
    assert.deepEqual(
      (await buckets(own)).map((bucket) => bucket.conversations),
      [4096, 1],
    );
  });

  it('attack 38, 73: refuse a wrapped key that was moved to another conversation, or has another key’s commitment', async () => {
    const keys = new ConversationKeys(db.keyring);
    const [one, other] = [await conversation(keys), await conversation(keys)];
    const read = async (id: string) =>
      await db.database.read(
        account,
        async (tx) => await new ConversationKeys(db.keyring).one(tx, account, id),
      );
    const moved = `update conversation_key set wrapped = other.wrapped, commitment = other.commitment
      from conversation_key other where other.conversation_id = $2 and conversation_key.conversation_id = $1`;
    await db.asOwner(moved, [one, other]);
    await assert.rejects(read(one), CiphertextError);
    const mixed = await conversation(keys);
    await db.asOwner(
      'update conversation_key set commitment = (select commitment from conversation_key where conversation_id = $1) where conversation_id = $2',
      [other, mixed],
    );
    await assert.rejects(read(mixed), CiphertextError);
    await read(other);
  });

  it('are not there for a conversation whose key was destroyed', async () => {
    const id = await conversation(new ConversationKeys(db.keyring));
    await db.asOwner('delete from conversation_key where conversation_id = $1', [id]);
    const keys = new ConversationKeys(db.keyring);
    await assert.rejects(
      db.database.read(account, async (tx) => await keys.one(tx, account, id)),
      CiphertextError,
    );
  });

  it('are kept in memory for five minutes at most', async (t) => {
    const keys = new ConversationKeys(db.keyring);
    const id = await conversation(keys);
    const read = async () => await db.database.read(account, async (tx) => await keys.one(tx, account, id));
    await read();
    await db.asOwner('delete from conversation_key where conversation_id = $1', [id]);
    await read();
    const later = Date.now() + 5 * 60_000;
    t.mock.method(Date, 'now', () => later);
    await assert.rejects(read(), CiphertextError);
  });
});
