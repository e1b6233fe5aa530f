import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { makeAccount, makePerson } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { makeResolvedConversations } from '../../../test/resolved-conversations.ts';
import { Fanout } from '../../platform/fanout/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { ConversationKeys, KeyDestroyedError } from '../../platform/keys/index.ts';
import { diskStore } from '../media/index.ts';
import { setAccountStatus } from '../accounts/index.ts';
import { endAccountDeletions, readAccountReport } from './account-report.ts';
import { deleteAccount } from './delete-account.ts';
import { isRecordSigned } from './erasure-record.ts';
import { runRetention } from './run-retention.ts';

describe('deleting an account', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());

  const actor = { kind: 'operator' } as const;
  const refusal = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;
  const furnished = async () => {
    const account = await makeAccount(db, { origin: 'https://example.org' });
    const url = new URL('https://example.org');
    await makePerson(db, account, { url, roles: ['administrator', 'agent'] });
    const made = await makeResolvedConversations(db, account, { daysAgo: [1, 2, 30] });
    // A deletion, a visitor session that is left over, and an erasure.
    await runRetention({
      database: db.database,
      keyring: db.keyring,
      keys: new ConversationKeys(db.keyring),
      fanout: new Fanout(),
    });
    await db.asOwner(
      'insert into visitor_session (account_id, id, site_id, token_hash, expires_at) values ($1, $2, $3, $4, now())',
      [account.id, randomUUID(), account.siteId, Buffer.from(account.id)],
    );
    await db.asOwner(
      "insert into erasure (account_id, id, state, wanted, requested_by) values ($1, $2, 'requested', 'case', $2)",
      [account.id, randomUUID()],
    );
    return { ...account, name: 'Almvik', conversationId: made[0]!.id };
  };
  const suspend = async (id: string) =>
    await db.database.transaction(
      'platform',
      async (tx) => await setAccountStatus(tx, id, { status: 'suspended', actor }),
    );
  const rowsOf = async (id: string) => {
    const { rows } = await db.asOwner<{ name: string; column: string }>(
      `select table_name as name, column_name as column from information_schema.columns
       where table_schema = 'samtal' and (column_name = 'account_id' or (table_name = 'account' and column_name = 'id'))`,
    );
    const left: string[] = [];
    for (const { name, column } of rows) {
      const { rowCount } = await db.asOwner(`select from ${name} where ${column} = $1`, [id]);
      if ((rowCount ?? 0) > 0) left.push(name);
    }
    return left.toSorted();
  };

  it('leaves no row of it in any table and no key, and a signed report of what there was', async () => {
    const [account, neighbour] = [await furnished(), await furnished()];
    const before = await rowsOf(neighbour.id);
    const store = diskStore(db.mediaDirectory);
    for (const { id } of [account, neighbour])
      await store.write(id, randomUUID(), Readable.from([Buffer.from('sealed')]));
    await suspend(account.id);
    await deleteAccount({ ...db, keys: new ConversationKeys(db.keyring), store }, account, actor);
    const files = await Array.fromAsync(store.list());
    assert.deepEqual(
      files.map((file) => file.account),
      [neighbour.id],
    );
    assert.deepEqual(await rowsOf(account.id), ['account_deletion']);
    await assert.rejects(db.keyring.openAccount(account.id), KeyDestroyedError);
    assert.deepEqual(await rowsOf(neighbour.id), before);
    await db.keyring.openAccount(neighbour.id);

    const signing = await db.keyring.signingKey();
    const report = async () =>
      await db.database.read('platform', async (tx) => await readAccountReport(tx, signing, account.id));
    const first = await report();
    assert.ok(isRecordSigned(first));
    const said = JSON.parse(first.record) as { state: string; name: string; rows: Record<string, number> };
    assert.deepEqual([said.state, said.name], ['rows-deleted', 'Almvik']);
    assert.equal(said.rows['conversation'], 2);
    assert.equal(said.rows['membership'], 1);

    const end = async () =>
      await db.database.transaction('platform', async (tx) => await endAccountDeletions(tx, signing));
    await end();
    assert.equal((JSON.parse((await report()).record) as { state: string }).state, 'rows-deleted');
    await db.asOwner(
      "update account_deletion set backups_until = now() - interval '1 second' where account_id = $1",
      [account.id],
    );
    await end();
    const last = await report();
    assert.ok(isRecordSigned(last));
    assert.equal((JSON.parse(last.record) as { state: string }).state, 'backups-expired');
  });

  it('goes on where it was killed', async () => {
    const account = await furnished();
    await suspend(account.id);
    await db.asOwner(
      "insert into account_deletion (account_id, account_name, state) values ($1, 'Almvik', 'confirmed')",
      [account.id],
    );
    await db.keyring.destroyAccount(account.id);
    // Meanwhile the others are looked after.
    const other = await makeAccount(db, { origin: 'https://example.org' });
    await makeResolvedConversations(db, other, { daysAgo: [99] });
    const run = await runRetention({
      database: db.database,
      keyring: db.keyring,
      keys: new ConversationKeys(db.keyring),
      fanout: new Fanout(),
    });
    assert.equal(run.conversations, 1);
    await deleteAccount(
      { ...db, keys: new ConversationKeys(db.keyring), store: diskStore(db.mediaDirectory) },
      account,
      actor,
    );
    assert.deepEqual(await rowsOf(account.id), ['account_deletion']);
  });

  it('is refused while people work in it, and while something in it is held', async () => {
    const account = await furnished();
    await assert.rejects(
      deleteAccount(
        { ...db, keys: new ConversationKeys(db.keyring), store: diskStore(db.mediaDirectory) },
        account,
        actor,
      ),
      refusal('accounts.not-suspended'),
    );
    await suspend(account.id);
    await db.asOwner(
      "insert into legal_hold (account_id, conversation_id, reason, placed_by) values ($1, $2, 'a court', $3)",
      [account.id, account.conversationId, randomUUID()],
    );
    await assert.rejects(
      deleteAccount(
        { ...db, keys: new ConversationKeys(db.keyring), store: diskStore(db.mediaDirectory) },
        account,
        actor,
      ),
      refusal('retention.held'),
    );
    await db.keyring.openAccount(account.id);
    assert.ok((await rowsOf(account.id)).includes('conversation'));
  });

  it('is not possible in the database before its keys are destroyed', async () => {
    const account = await furnished();
    await suspend(account.id);
    const erase = async (state: string) => {
      await db.asOwner('delete from account_deletion where account_id = $1', [account.id]);
      await db.asOwner(
        "insert into account_deletion (account_id, account_name, state) values ($1, 'Almvik', $2)",
        [account.id, state],
      );
      await db.database.transaction('platform', async (tx) => {
        await tx.run({ name: 'test-erase-account', text: 'select erase_account($1, 100)' }, [account.id]);
      });
    };
    await assert.rejects(erase('confirmed'), { code: 'SM003' });
    await db.asOwner("update account set status = 'active' where id = $1", [account.id]);
    await assert.rejects(erase('keys-destroyed'), { code: 'SM003' });
  });
});
