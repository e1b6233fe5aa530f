import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { changeAccount, getAccount } from '@samtal/contract/accounts';
import { getSession, signOut, unattendedHeader, type Session } from '@samtal/contract/signin';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, codeOf, request, testHttp, testPublicUrl } from '../../../test/requests.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { accountsRoutes } from '../accounts/routes.ts';
import { signinJobs } from './delete-expired.ts';
import { livingSessions, touchSession } from './sessions.ts';

const password = 'blå hästar äter 7 tulpaner';
let db: TestDatabase;
let http: HttpServer;
let accountId: string;
before(async () => {
  db = await createTestDatabase();
  http = testHttp(db, (served) => accountsRoutes(served, db));
  accountId = await testAccount(db);
});
after(() => db.close());

async function browser(): Promise<Browser> {
  return await Browser.signIn(http, await testUser(db, accountId, { password, roles: ['administrator'] }));
}

async function rename(person: Browser, headers: Record<string, string> = {}) {
  return await person.call(changeAccount, { params: { accountId }, body: { name: 'Renamed' } }, headers);
}

async function accountName(): Promise<string | undefined> {
  return (await db.asOwner<{ name: string }>('select name from account where id = $1', [accountId])).rows[0]
    ?.name;
}

test('refuses whoever brings no session, a made-up one, or somebody else’s cookie name', async () => {
  for (const cookie of ['', '__Host-samtal=', `__Host-samtal=${'A'.repeat(43)}`, 'samtal=x; session=y']) {
    assert.equal(codeOf(await request(http, getSession, { headers: { cookie } })), 'signin.required');
  }
});

test('attack 32: changes something only with a token of the same session', async () => {
  const [person, other] = [await browser(), await browser()];
  const name = await accountName();
  for (const token of ['', 'made-up', other.csrfToken]) {
    assert.equal(codeOf(await rename(person, { 'x-csrf-token': token })), 'request.csrf');
  }
  assert.equal(await accountName(), name);
  assert.equal((await rename(person)).statusCode, 200);
});

test('attack 32: changes something only for our own origin, whatever the token', async () => {
  const person = await browser();
  for (const headers of [
    { origin: '' },
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: `${testPublicUrl.origin}.evil.example` },
    { origin: testPublicUrl.origin.replace('https', 'http') },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'none' },
  ]) {
    assert.equal(codeOf(await rename(person, headers as Record<string, string>)), 'request.origin');
  }
  assert.equal((await rename(person, { 'sec-fetch-site': 'same-origin' })).statusCode, 200);
});

test('gives each page a token of its own, and keeps the newest twenty', async () => {
  const person = await browser();
  const first = person.csrfToken;
  const tokens: string[] = [];
  for (let page = 0; page < 20; page += 1) {
    tokens.push((await person.call(getSession, {})).json<Session>().csrfToken);
  }
  assert.equal(new Set(tokens).size, 20);
  assert.equal(codeOf(await rename(person, { 'x-csrf-token': first })), 'request.csrf');
  for (const token of [tokens[0], tokens[19]]) {
    assert.equal((await rename(person, { 'x-csrf-token': token ?? '' })).statusCode, 200);
  }
});

test('ends a session that was not used for half an hour', async () => {
  const person = await browser();
  await db.asOwner("update session set used_at = now() - interval '29 minutes'");
  assert.ok(await person.isSignedIn());
  await db.asOwner("update session set used_at = now() - interval '31 minutes'");
  assert.equal(codeOf(await person.call(getSession, {})), 'signin.required');
});

test('puts the idle end off when the session is used, and writes that down once a minute at most', async () => {
  const person = await browser();
  const usedAt = async () =>
    (
      await db.asOwner<{ age: number }>(
        'select extract(epoch from now() - max(used_at))::int as age from session',
      )
    ).rows[0]?.age;
  await db.asOwner("update session set used_at = now() - interval '50 seconds'");
  assert.ok(await person.isSignedIn());
  assert.ok(((await usedAt()) ?? 0) >= 50);
  await db.asOwner("update session set used_at = now() - interval '70 seconds'");
  assert.ok(await person.isSignedIn());
  assert.ok(((await usedAt()) ?? 99) < 5);
});

test('attack 29: lets a page that nobody is at go on asking, and ends its session all the same', async () => {
  const person = await browser();
  const ask = async () =>
    await person.call(getAccount, { params: { accountId } }, { [unattendedHeader]: '1' });
  await db.asOwner("update session set used_at = now() - interval '29 minutes'");
  assert.equal((await ask()).statusCode, 200);
  const { rowCount } = await db.asOwner("select from session where used_at > now() - interval '28 minutes'");
  assert.equal(rowCount, 0);
  await db.asOwner("update session set used_at = used_at - interval '2 minutes'");
  assert.equal(codeOf(await ask()), 'signin.required');
});

test('counts a request as use whatever else the header says', async () => {
  const person = await browser();
  await db.asOwner("update session set used_at = now() - interval '29 minutes'");
  await person.call(getAccount, { params: { accountId } }, { [unattendedHeader]: '0' });
  const { rowCount } = await db.asOwner("select from session where used_at > now() - interval '1 minute'");
  assert.equal(rowCount, 1);
});

test('ends a session after twelve hours, however much it is used', async () => {
  const person = await browser();
  await db.asOwner("update session set expires_at = now() - interval '1 second'");
  assert.equal(codeOf(await person.call(getSession, {})), 'signin.required');
});

test('neither revives an ended session by touching it, nor counts it among the living', async () => {
  const person = await browser();
  await db.asOwner("update session set used_at = now() - interval '31 minutes'");
  const { rows } = await db.asOwner<{ id: string }>('select id from session');
  const ids = rows.map(({ id }) => id);
  const living = await db.database.transaction('platform', async (tx) => {
    for (const id of ids) await touchSession(tx, id);
    return await livingSessions(tx, ids);
  });
  assert.equal(living.size, 0);
  assert.equal(await person.isSignedIn(), false);
});

test('attack 26: keeps a member out from the next request on when the membership is switched off', async () => {
  const user = await testUser(db, accountId, { password });
  const person = await Browser.signIn(http, user);
  assert.equal((await person.call(getAccount, { params: { accountId } })).statusCode, 200);
  await db.asOwner("update membership set status = 'inactive' where user_id = $1", [user.userId]);
  assert.equal(codeOf(await person.call(getAccount, { params: { accountId } })), 'not-found');
});

test('gives the same answer for an account of others, one that is suspended, and none', async () => {
  const person = await browser();
  const others = await testAccount(db, 'Others');
  const answers = [others, '00000000-0000-4000-8000-000000000000', 'no-id', accountId.toUpperCase()].map(
    async (id) => codeOf(await person.call(getAccount, { params: { accountId: id } })),
  );
  assert.deepEqual(await Promise.all(answers), ['not-found', 'not-found', 'not-found', 'not-found']);
});

test('attack 77: records signing out for the platform and for the account', async () => {
  const user = await testUser(db, accountId, { password });
  await (await Browser.signIn(http, user)).call(signOut, {});
  const { rows } = await db.asOwner<{ account_id: string }>(
    `select account_id from audit_outbox where body like '%signin.signed-out%' and body like $1`,
    [`%${user.userId}%`],
  );
  assert.equal(rows.length, 2);
});

test('deletes ended sessions, expired invitations and forgotten failures, and nothing else', async () => {
  await browser();
  await browser();
  await db.asOwner(
    "update session set used_at = now() - interval '31 minutes' where id = (select min(id::text)::uuid from session)",
  );
  const before = (await db.asOwner('select from session')).rowCount ?? 0;
  await db.asOwner(
    "insert into sign_in_failure values ('\\x01', 3, now() - interval '25 hours'), ('\\x02', 3, now())",
  );
  for (const { run } of signinJobs(db)) await run();
  assert.ok(((await db.asOwner('select from session')).rowCount ?? 0) < before);
  assert.ok(((await db.asOwner('select from session')).rowCount ?? 0) > 0);
  const { rows } = await db.asOwner(
    "select subject from sign_in_failure where subject in ('\\x01', '\\x02')",
  );
  assert.equal(rows.length, 1);
});
