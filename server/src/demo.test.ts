import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { asMember, testAccount } from '../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../test/database.ts';
import { Browser, testHttp } from '../test/requests.ts';
import { prepareDemo } from './demo.ts';
import type { FirstRun } from './first-run.ts';

const publicUrl = new URL('http://127.0.0.1:8080');
let db: TestDatabase;
let dataDir: string;

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'samtal-test-demo-'));
});
after(() => rm(dataDir, { recursive: true }));

async function emptyInstallation(t: TestContext): Promise<void> {
  db = await createTestDatabase();
  t.after(() => db.close());
  for (const name of await readdir(dataDir)) await rm(join(dataDir, name));
}

async function prepare(wanted = true, history = false) {
  return await prepareDemo({
    database: db.database,
    keyring: db.keyring,
    dataDir,
    publicUrl,
    wanted,
    history,
  });
}

async function firstRun(): Promise<FirstRun> {
  return JSON.parse(await readFile(join(dataDir, 'first-run.json'), 'utf8')) as FirstRun;
}

test('fills an empty installation once, and writes the passwords where only the operator reads them', async (t) => {
  await emptyInstallation(t);
  const made = await prepare();
  assert.equal(made.firstRun, join(dataDir, 'first-run.json'));
  assert.equal((await stat(made.firstRun)).mode & 0o777, 0o600);
  const written = await firstRun();
  assert.equal(written.url, 'http://127.0.0.1:8080');
  assert.equal(written.accounts[0]?.siteKey, made.siteKey);
  assert.deepEqual(
    written.users.map(({ roles }) => roles),
    [['administrator'], ['agent', 'supervisor'], ['agent'], ['privacy-officer']],
  );
  assert.equal(new Set(written.users.map(({ password }) => password)).size, 4);
  const http = testHttp(db);
  for (const user of written.users)
    assert.ok(await (await Browser.signIn(http, { ...user, userId: '' })).isSignedIn());

  const again = await prepare();
  assert.deepEqual(again, { siteKey: made.siteKey, firstRun: null });
  assert.deepEqual(await firstRun(), written);
});

test('invents a past for its statistics, of its own queues, site and agents, and in no other account', async (t) => {
  await emptyInstallation(t);
  const begun = performance.now();
  await prepare(true, true);
  t.diagnostic(`the demo with its past took ${Math.round(performance.now() - begun)} ms`);
  const { rows } = await db.asOwner<{ facts: number; strange: number }>(`
    select count(*)::integer as facts, count(*) filter (where not (
      (queue_id is null or queue_id in (select id from queue)) and (site_id is null or site_id in (select id from site))
      and (agent_id is null or agent_id in (select user_id from membership)) and at < now()
    ))::integer as strange from fact`);
  assert.ok((rows[0]?.facts ?? 0) > 5_000);
  assert.equal(rows[0]?.strange, 0);
});

test('gives the administrator no access to conversations', async (t) => {
  await emptyInstallation(t);
  await prepare();
  const { rows } = await db.asOwner<{ account_id: string; user_id: string }>(
    "select account_id, user_id from membership where email like 'ingrid%'",
  );
  const member = await asMember(db, rows[0]?.account_id ?? '', rows[0]?.user_id ?? '');
  const held = member?.grants.flatMap(({ authorisations }) => [...authorisations]) ?? [];
  assert.ok(held.includes('users.manage'));
  assert.deepEqual(
    held.filter((name) => name.startsWith('conversations.')),
    [],
  );
});

test('makes nothing when it is not wanted, or when there is an account already', async (t) => {
  await emptyInstallation(t);
  assert.deepEqual(await prepare(false), { siteKey: null, firstRun: null });
  await testAccount(db);
  assert.deepEqual(await prepare(), { siteKey: null, firstRun: null });
  assert.deepEqual(await readdir(dataDir), []);
});

test('carries on after a start that was cut short before the account was filled', async (t) => {
  await emptyInstallation(t);
  await prepare();
  const before = await firstRun();
  await rename(join(dataDir, 'first-run.json'), join(dataDir, 'first-run.json.draft'));
  // As if only the account had been made.
  await db.asOwner("update account set status = 'suspended'");
  for (const table of ['membership', 'site', 'queue', 'unit', 'canned_reply', 'identity'])
    await db.asOwner(`delete from ${table}`);
  assert.ok((await prepare()).firstRun);
  const [administrator] = before.users;
  assert.ok(administrator);
  await Browser.signIn(testHttp(db), { ...administrator, userId: '' });
});

test('carries on after a start that was cut short before anybody was let in', async (t) => {
  await emptyInstallation(t);
  await prepare();
  const before = await firstRun();
  await rename(join(dataDir, 'first-run.json'), join(dataDir, 'first-run.json.draft'));
  // As if the last step had not been done.
  await db.asOwner("update account set status = 'suspended'");
  await db.asOwner("update membership set status = 'invited'");
  await db.asOwner('update identity set password_hash = null');
  assert.ok((await prepare()).firstRun);
  assert.deepEqual(await firstRun(), before);
  assert.deepEqual((await db.asOwner('select status from account')).rows, [{ status: 'active' }]);
  const [administrator] = before.users;
  assert.ok(administrator);
  await Browser.signIn(testHttp(db), { ...administrator, userId: '' });
});

test('only publishes what it wrote when the account was whole already', async (t) => {
  await emptyInstallation(t);
  await prepare();
  const before = await firstRun();
  const accounts = (await db.asOwner('select id from account')).rows;
  await rename(join(dataDir, 'first-run.json'), join(dataDir, 'first-run.json.draft'));
  assert.ok((await prepare()).firstRun);
  assert.deepEqual(await firstRun(), before);
  assert.deepEqual((await db.asOwner('select id from account')).rows, accounts);
});

test('makes one demo when two nodes start at the same time', async (t) => {
  await emptyInstallation(t);
  const otherDir = await mkdtemp(join(tmpdir(), 'samtal-test-demo-'));
  t.after(() => rm(otherDir, { recursive: true }));
  const parts = { database: db.database, keyring: db.keyring, publicUrl, wanted: true, history: false };
  const made = await Promise.all(
    [dataDir, otherDir].map((directory) => prepareDemo({ ...parts, dataDir: directory })),
  );
  assert.equal(made.filter((each) => each.firstRun !== null).length, 1);
  assert.equal((await db.asOwner('select id from account')).rows.length, 1);
});
