import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { testAccount } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { seeded } from '../../../test/random.ts';
import { Fanout } from '../fanout/index.ts';
import { seal, unseal, type SealingKey } from './ciphertext.ts';
import { openWrappedKey, type ConversationKeyRow } from './wrapped-keys.ts';
import { CiphertextError, ConversationKeys, Keyring, KeyringError } from './index.ts';

const run = promisify(execFile);

describe('the rotation of a bucket', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());

  async function conversation(keys: ConversationKeys, account: string): Promise<string> {
    const id = randomUUID();
    await db.asOwner(
      `insert into conversation (account_id, id, case_id, state, site_name, queue_id, queue_name, visitor_id)
       values ($1, $2, $3, 'waiting', 'Site', $4, 'Queue', $5)`,
      [account, id, id, randomUUID(), randomUUID()],
    );
    await db.database.transaction(account, async (tx) => await keys.create(tx, account, id));
    return id;
  }

  const one = async (keys: ConversationKeys, account: string, id: string) =>
    await db.database.read(account, async (tx) => await keys.one(tx, account, id));
  const destroy = async (keys: ConversationKeys, account: string, ids: string[]) =>
    await db.database.transaction(account, async (tx) => await keys.destroy(tx, account, ids));
  const rowsOf = async (account: string) =>
    (await db.asOwner<ConversationKeyRow>('select * from conversation_key where account_id = $1', [account]))
      .rows;
  const bucketOf = async (account: string) =>
    (
      await db.asOwner<{ id: string; dirty_since: Date | null; key_version: number; oldest_version: number }>(
        'select * from key_bucket where account_id = $1',
        [account],
      )
    ).rows[0]!;

  const opensSame = (key: SealingKey, other: SealingKey, account: string, object: string) => {
    const place = { account, object, record: '1', field: 'body' };
    return unseal(other, place, seal(key, place, Buffer.from('text'))).toString() === 'text';
  };

  it('attack 74: keeps neighbours readable, and makes every copy of what was erased unreadable', async () => {
    const account = await testAccount(db);
    const keys = new ConversationKeys(db.keyring);
    const ids: string[] = [];
    for (let count = 0; count < 6; count += 1) ids.push(await conversation(keys, account));
    const [erased = '', ...others] = ids;
    const before = await Promise.all(others.map(async (id) => await one(keys, account, id)));
    const copy = await rowsOf(account);
    const { id: bucket } = await bucketOf(account);

    const marked = await destroy(keys, account, [erased]);
    assert.deepEqual(marked, [{ bucket, version: 1 }]);
    const areDestroyed = async () =>
      await db.database.read(account, async (tx) => await keys.areDestroyed(tx, account, marked));
    assert.ok(!(await areDestroyed()));
    assert.ok((await bucketOf(account)).dirty_since !== null);
    const old = copy.find((row) => row.conversation_id === erased)!;
    assert.ok((await openWrappedKey(db.keyring, old)) !== null, 'a copy is readable until the rotation');

    assert.deepEqual(await keys.rotate(db.database, account, bucket), { survivors: 5 });
    assert.ok(await areDestroyed());
    const { dirty_since, key_version, oldest_version } = await bucketOf(account);
    assert.deepEqual(
      { dirty_since, key_version, oldest_version },
      { dirty_since: null, key_version: 2, oldest_version: 2 },
    );
    const files = await readdir(join(db.keyringDirectory, account));
    assert.deepEqual(
      files.toSorted(),
      ['account.json', `${bucket}.2.json`, `${bucket}.survivors.json`].toSorted(),
    );

    for (const keyring of [db.keyring, await Keyring.open(db.keyringDirectory)]) {
      const fresh = new ConversationKeys(keyring);
      for (const [at, id] of others.entries())
        assert.ok(opensSame(before[at]!, await one(fresh, account, id), account, id));
      assert.equal(await openWrappedKey(keyring, old), null, 'the copy of what was erased');
      await assert.rejects(keyring.bucketKey(account, bucket, 1), KeyringError);
      for (const row of copy.filter((row) => row !== old)) {
        const key = await openWrappedKey(keyring, row);
        assert.ok(
          key !== null &&
            opensSame(before[others.indexOf(row.conversation_id)]!, key, account, row.conversation_id),
          'copies of its neighbours',
        );
      }
    }
    // A conversation begun afterwards goes into the same bucket, under its new key.
    const later = await conversation(keys, account);
    const row = (await rowsOf(account)).find((each) => each.conversation_id === later)!;
    assert.equal(row.bucket_id, bucket);
    assert.equal(row.wrapped.readUInt32BE(2), 2);
    await one(new ConversationKeys(await Keyring.open(db.keyringDirectory)), account, later);
  });

  it('leaves out of what survives whatever was erased before, however often it is repeated', async () => {
    const account = await testAccount(db);
    const keys = new ConversationKeys(db.keyring);
    const ids: string[] = [];
    for (let count = 0; count < 4; count += 1) ids.push(await conversation(keys, account));
    const copies = [await rowsOf(account)];
    const { id: bucket } = await bucketOf(account);
    for (const id of ids.slice(0, 3)) {
      await destroy(keys, account, [id]);
      await keys.rotate(db.database, account, bucket);
      copies.push(await rowsOf(account));
    }
    assert.equal((await bucketOf(account)).key_version, 4);
    for (const copy of copies) {
      for (const row of copy) {
        const key = await openWrappedKey(db.keyring, row);
        assert.equal(key !== null, row.conversation_id === ids[3]);
      }
    }
  });

  it('does nothing to a bucket that is not marked', async () => {
    const account = await testAccount(db);
    const keys = new ConversationKeys(db.keyring);
    await conversation(keys, account);
    const { id: bucket } = await bucketOf(account);
    const before = await rowsOf(account);
    await keys.rotate(db.database, account, bucket);
    assert.deepEqual(await rowsOf(account), before);
    assert.equal((await bucketOf(account)).key_version, 1);
  });

  it('refuses to call a key erased that the keyring has lost', async () => {
    const account = await testAccount(db);
    const keys = new ConversationKeys(db.keyring);
    const [erased, neighbour] = [await conversation(keys, account), await conversation(keys, account)];
    const { id: bucket } = await bucketOf(account);
    const directory = await mkdtemp(join(tmpdir(), 'samtal-test-keyring-'));
    try {
      await cp(db.keyringDirectory, directory, { recursive: true });
      await destroy(keys, account, [erased]);
      await keys.rotate(db.database, account, bucket);
      const [row] = await rowsOf(account);
      assert.equal(row?.conversation_id, neighbour);
      await assert.rejects(openWrappedKey(await Keyring.open(directory), row), /lacks version 2/);
      await rm(join(directory, account, `${bucket}.json`));
      await assert.rejects(openWrappedKey(await Keyring.open(directory), row), /lacks version 2/);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('has every node drop the keys that it has in memory', async () => {
    const account = await testAccount(db);
    const fanouts = [new Fanout(), new Fanout()];
    for (const [at, fanout] of fanouts.entries())
      fanout.attach({ send: (line) => fanouts[1 - at]!.receive(line) });
    const nodes = await Promise.all(
      fanouts.map(
        async (fanout) => new ConversationKeys(await Keyring.open(db.keyringDirectory), { fanout }),
      ),
    );
    const [here, there] = [nodes[0]!, nodes[1]!];
    const [erased, other] = [await conversation(here, account), await conversation(here, account)];
    for (const node of nodes) for (const id of [erased, other]) await one(node, account, id);
    await destroy(here, account, [erased]);
    for (const node of nodes) await assert.rejects(one(node, account, erased), CiphertextError);
    await here.rotate(db.database, account, (await bucketOf(account)).id);
    for (const node of nodes) await one(node, account, other);
    await there.destroyAccount(account);
    for (const node of nodes) await assert.rejects(one(node, account, other), KeyringError);
  });

  it('says nothing to other nodes when the transaction that erases is rolled back', async () => {
    const account = await testAccount(db);
    const fanout = new Fanout();
    const heard: string[] = [];
    fanout.listen(({ kind }) => void heard.push(kind));
    const keys = new ConversationKeys(db.keyring, { fanout });
    const id = await conversation(keys, account);
    await assert.rejects(
      db.database.transaction(account, async (tx) => {
        await keys.destroy(tx, account, [id]);
        throw new Error('stopped');
      }),
      /stopped/,
    );
    assert.deepEqual(heard, []);
    assert.equal((await bucketOf(account)).dirty_since, null);
    await one(keys, account, id);
  });

  it('loses no conversation that begins, and keeps none that is erased, while it is going on', async (t) => {
    const random = seeded(t);
    const account = await testAccount(db);
    const nodes = [
      new ConversationKeys(db.keyring, { bucketSize: 40 }),
      new ConversationKeys(await Keyring.open(db.keyringDirectory), { bucketSize: 40 }),
    ];
    const living = new Map<string, SealingKey>();
    const copies = new Map<string, ConversationKeyRow>();
    const erased: string[] = [];
    for (let count = 0; count < 20; count += 1) {
      const id = await conversation(random.oneOf(nodes), account);
      living.set(id, await one(nodes[0]!, account, id));
    }
    for (let round = 0; round < 8; round += 1) {
      for (const row of await rowsOf(account)) copies.set(`${row.conversation_id}/${round}`, row);
      const gone = random.shuffled([...living.keys()]).slice(0, 3);
      for (const id of gone) living.delete(id);
      erased.push(...gone);
      const { rows: buckets } = await db.asOwner<{ id: string }>(
        'select id from key_bucket where account_id = $1',
        [account],
      );
      const begun: string[] = [];
      await Promise.all([
        destroy(random.oneOf(nodes), account, gone),
        ...buckets.flatMap(({ id }) =>
          nodes.map(async (node) => await node.rotate(db.database, account, id)),
        ),
        ...Array.from(
          { length: 5 },
          async () => void begun.push(await conversation(random.oneOf(nodes), account)),
        ),
      ]);
      for (const id of begun) living.set(id, await one(random.oneOf(nodes), account, id));
    }
    const { rows: buckets } = await db.asOwner<{ id: string }>(
      'select id from key_bucket where account_id = $1',
      [account],
    );
    for (const { id } of buckets) await nodes[0]!.rotate(db.database, account, id);
    const fresh = new ConversationKeys(await Keyring.open(db.keyringDirectory));
    for (const [id, key] of living) assert.ok(opensSame(key, await one(fresh, account, id), account, id));
    for (const row of copies.values()) {
      const isErased = erased.includes(row.conversation_id);
      assert.equal((await openWrappedKey(db.keyring, row)) === null, isErased);
    }
  });

  it('goes on after being killed at any point, and then nothing is lost and the old key is gone', async (t) => {
    const here = new URL('./', import.meta.url).href;
    // Rotates on a store that ends the process at the given step: before or after it takes effect.
    const program = `
      const [url, directory, account, bucket, step, when] = process.argv.slice(1);
      const { Database } = await import('${here}../database/index.ts');
      const { Keyring, ConversationKeys } = await import('${here}index.ts');
      const { DirectoryKeyStore } = await import('${here}directory-key-store.ts');
      const die = () => process.kill(process.pid, 'SIGKILL');
      const store = new DirectoryKeyStore(directory);
      const keyring = await Keyring.open(directory, store);
      let steps = 0;
      for (const name of ['insert', 'replace', 'remove']) {
        const does = store[name].bind(store);
        store[name] = async (...args) => {
          steps += 1;
          if (steps === Number(step) && when === 'before') die();
          await does(...args);
          if (steps === Number(step) && when === 'after') die();
        };
      }
      const database = new Database({ connectionString: url, onError: () => undefined });
      await new ConversationKeys(keyring).rotate(database, account, bucket);
      await database.close();
      process.stdout.write(String(steps));
    `;
    const points = [1, 2, 3].flatMap((step) => ['before', 'after'].map((when) => ({ step, when })));
    let killed = 0;
    for (const { step, when } of points) {
      const account = await testAccount(db);
      const keys = new ConversationKeys(db.keyring);
      const [erased, neighbour] = [await conversation(keys, account), await conversation(keys, account)];
      const kept = await one(keys, account, neighbour);
      const copy = await rowsOf(account);
      const { id: bucket } = await bucketOf(account);
      const marked = await destroy(keys, account, [erased]);
      const args = [db.url, db.keyringDirectory, account, bucket, String(step), when];
      const ended = await run(process.execPath, ['--input-type=module', '--eval', program, ...args]).then(
        () => null,
        (error: unknown) => (error as { signal?: string }).signal ?? 'failed',
      );
      assert.equal(ended, 'SIGKILL', `step ${step}, ${when}`);
      killed += 1;
      const fresh = () => new ConversationKeys(keyring);
      const keyring = await Keyring.open(db.keyringDirectory);
      assert.ok(
        opensSame(kept, await one(fresh(), account, neighbour), account, neighbour),
        'right after the kill',
      );
      const between = await conversation(fresh(), account);
      await fresh().rotate(db.database, account, bucket);
      assert.ok(
        await db.database.read(account, async (tx) => await keys.areDestroyed(tx, account, marked)),
        `step ${step}, ${when}`,
      );
      assert.ok(opensSame(kept, await one(fresh(), account, neighbour), account, neighbour));
      await one(fresh(), account, between);
      const old = copy.find((row) => row.conversation_id === erased)!;
      assert.equal(await openWrappedKey(keyring, old), null);
      assert.ok(!(await readdir(join(db.keyringDirectory, account))).includes(`${bucket}.json`));
    }
    t.diagnostic(`killed ${killed} times`);
  });
});
