import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { query, temporaryDirectory } from '../test/data-directory.ts';
import { createTestDatabase, type TestDatabase } from '../test/database.ts';
import { startTestPostgres, type TestPostgres } from '../test/postgres.ts';
import { openKeyring } from './open-keyring.ts';
import { externalAccess } from './platform/database/index.ts';
import { seal, unseal, type Keyring } from './platform/keys/index.ts';
import { createLog } from './platform/log/index.ts';

const log = createLog({ destination: { write: () => undefined } });

describe('a keyring in a database of its own', () => {
  let db: TestDatabase;
  let other: TestPostgres;
  before(async () => {
    db = await createTestDatabase();
    other = await startTestPostgres();
  });
  after(async () => {
    await other.stop();
    await db.close();
  });

  const open = async (t: TestContext, dataDir: string, keyringUrl: string): Promise<Keyring> => {
    const keyring = await openKeyring({ dataDir, keyringUrl }, externalAccess(db.url), log);
    t.after(async () => await keyring.close());
    return keyring;
  };

  /** A database for one test, owned by a login that may do nothing else. */
  async function ownDatabase(): Promise<string> {
    const name = `keyring_${randomUUID().slice(0, 8)}`;
    const superuser = { connectionString: other.url } as never;
    await query(superuser, `create role ${name} login password 'secret-of-test'`);
    await query(superuser, `create database ${name} owner ${name}`);
    const url = new URL(other.url);
    Object.assign(url, { pathname: `/${name}`, username: name, password: 'secret-of-test' });
    return url.href;
  }

  it('serves several nodes, and forgets what is destroyed', async (t) => {
    const [one, two] = [await temporaryDirectory(t), await temporaryDirectory(t)];
    const url = await ownDatabase();
    const first = await open(t, one, url);
    assert.ok(!first.location.includes('secret'), first.location);
    const [account, bucket] = [randomUUID(), randomUUID()];
    await first.createAccount(account);
    await first.createBucket(account, bucket);
    await mkdir(join(two, 'keyring'), { mode: 0o700 });
    await copyFile(join(one, 'keyring/installation.key'), join(two, 'keyring/installation.key'));
    const second = await open(t, two, url);
    const where = { account, object: 'o', record: 'r', field: 'f' };
    const sealed = seal(await first.bucketKey(account, bucket, 1), where, Buffer.from('text'));
    assert.equal(unseal(await second.bucketKey(account, bucket, 1), where, sealed).toString(), 'text');
    assert.equal((await first.signingKey()).publicKey, (await second.signingKey()).publicKey);
    assert.deepEqual(await second.verify(), { accounts: 1, buckets: 1 });

    await second.createBucket(account, bucket, 2);
    await second.keepSurvivors(account, bucket, { version: 2, at: new Date().toISOString(), wrapped: {} });
    await second.destroyBucketBefore(account, bucket, 2);
    first.forget(account);
    await assert.rejects(first.bucketKey(account, bucket, 1), /missing/);
    await first.bucketKey(account, bucket, 2);
    assert.equal((await first.survivors(account, bucket))?.version, 2);
    assert.equal(await first.dropSurvivorsBefore(account, new Date(Date.now() + 1000)), 1);
    assert.equal(await first.survivors(account, bucket), null);
    await first.destroyAccount(account);
    second.forget(account);
    await assert.rejects(second.openAccount(account), { name: 'KeyDestroyedError' });
  });

  it('keeps no row of a destroyed key in the pages of its table', async (t) => {
    const url = await ownDatabase();
    const keyring = await open(t, await temporaryDirectory(t), url);
    const [account, bucket] = [randomUUID(), randomUUID()];
    await keyring.createAccount(account);
    await keyring.createBucket(account, bucket);
    const pages = async () =>
      (
        await query<{ bytes: Buffer }>(
          { connectionString: at(other.url, url) } as never,
          "select pg_read_binary_file(pg_relation_filepath('samtal_keyring.record')) as bytes",
        )
      )[0]?.bytes ?? Buffer.alloc(0);
    await query({ connectionString: at(other.url, url) } as never, 'checkpoint');
    assert.ok((await pages()).includes(bucket));
    await keyring.createBucket(account, bucket, 2);
    await keyring.destroyBucketBefore(account, bucket, 3);
    await query({ connectionString: at(other.url, url) } as never, 'checkpoint');
    assert.ok(!(await pages()).includes(bucket));
  });

  it('refuses a node that has another installation key, or makes one of its own', async (t) => {
    const url = await ownDatabase();
    await open(t, await temporaryDirectory(t), url);
    const late = await temporaryDirectory(t);
    await assert.rejects(open(t, late, url), /copy it from another node/);
    const foreign = await temporaryDirectory(t);
    await open(t, foreign, await ownDatabase());
    await assert.rejects(open(t, foreign, url), /is not the installation key/);
  });

  it('becomes one keyring when two nodes that know nothing of each other start at once', async (t) => {
    const url = await ownDatabase();
    const opened = await Promise.allSettled([
      open(t, await temporaryDirectory(t), url),
      open(t, await temporaryDirectory(t), url),
    ]);
    assert.equal(opened.filter(({ status }) => status === 'fulfilled').length, 1);
    const refused = opened.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    assert.match(String(refused.reason), /copy it from another node/);
  });

  it('is refused in the cluster that has the main database, whatever the database is called', async (t) => {
    const elsewhere = new URL(db.url);
    elsewhere.pathname = '/postgres';
    for (const url of [db.url, elsewhere.href]) {
      await assert.rejects(open(t, await temporaryDirectory(t), url), { code: 'keyring-beside-database' });
    }
  });

  it('attack 81: says that it cannot be reached without showing its address', async (t) => {
    const failed = open(t, await temporaryDirectory(t), 'postgres://samtal:hush@127.0.0.1:1/keyring');
    await assert.rejects(failed, (error: Error & { code?: string }) => {
      assert.equal(error.code, 'keyring-unreachable');
      assert.ok(!error.message.includes('hush'));
      return true;
    });
  });
});

/** The database of `url`, as the superuser of `superuser`. */
function at(superuser: string, url: string): string {
  const both = new URL(superuser);
  both.pathname = new URL(url).pathname;
  return both.href;
}
