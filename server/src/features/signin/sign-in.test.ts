import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { after, before, test } from 'node:test';
import { getSession, signIn, signOut, type Session } from '@samtal/contract/signin';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { Browser, codeOf, cookieOf, prolongLocks, request, testHttp } from '../../../test/requests.ts';
import { Database } from '../../platform/database/index.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { createLog } from '../../platform/log/index.ts';

let db: TestDatabase;
let http: HttpServer;
let accountId: string;
before(async () => {
  db = await createTestDatabase();
  http = testHttp(db);
  accountId = await testAccount(db);
});
after(() => db.close());

const password = 'blå hästar äter 7 tulpaner';

async function attempt(email: string, given: string, address = '192.0.2.1') {
  return await request(http, signIn, { input: { body: { email, password: given } }, address });
}

test('attack 31: signs in with a cookie that scripts and other sites cannot use, and says what the person may do', async () => {
  const { email, userId } = await testUser(db, accountId, { password, roles: ['agent'] });
  const answer = await attempt(email.toUpperCase(), password);
  assert.equal(answer.statusCode, 201);
  const [cookie, ...others] = [answer.headers['set-cookie']].flat().map(String);
  assert.match(cookie ?? '', /^__Host-samtal=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  for (const other of others)
    assert.match(other, /^__Host-samtal-browser=.*; HttpOnly; Secure; SameSite=Strict$/);
  const session = answer.json<Session>();
  assert.equal(session.user.id, userId);
  assert.deepEqual(session.accounts, [
    {
      id: accountId,
      name: 'Almvik',
      authorisations: ['routing.read', 'presence.read', 'conversations.handle', 'conversations.take'],
    },
  ]);
  assert.ok(Date.parse(session.expiresAt) - Date.now() > 11.9 * 3_600_000);
});

test('attack 31: stores neither the token of a session nor that of a page', async () => {
  const person = await testUser(db, accountId, { password });
  const browser = await Browser.signIn(http, person);
  const { rows } = await db.asOwner<{ token_hash: Buffer }>(
    'select token_hash from session union all select token_hash from csrf_token',
  );
  assert.ok(rows.length >= 2);
  const secrets = [browser.cookie.split('=')[1] ?? '', browser.csrfToken];
  for (const { token_hash: hash } of rows) {
    for (const secret of secrets) assert.ok(!hash.equals(Buffer.from(secret, 'base64url')));
  }
});

test('attack 27: starts a new session with each signing in, whatever cookie came along', async () => {
  const { email } = await testUser(db, accountId, { password });
  const first = cookieOf(await attempt(email, password));
  for (const cookie of [first, `__Host-samtal=${'a'.repeat(43)}`]) {
    const sent = { input: { body: { email, password } }, headers: { cookie } };
    const next = cookieOf(await request(http, signIn, sent));
    assert.match(next, /^__Host-samtal=[\w-]{43}$/);
    assert.notEqual(next, cookie);
  }
});

test('attack 24: answers unknown, wrong, invited, switched off, suspended and locked alike', async () => {
  const wrong = await testUser(db, accountId, { password });
  const inactive = await testUser(db, accountId, { password });
  await db.asOwner("update membership set status = 'inactive' where user_id = $1", [inactive.userId]);
  const suspendedAccount = await testAccount(db, 'Suspended');
  const suspended = await testUser(db, suspendedAccount, { password });
  await db.asOwner("update account set status = 'suspended' where id = $1", [suspendedAccount]);
  const invited = await testUser(db, accountId, { password });
  await db.asOwner("update membership set status = 'invited' where user_id = $1", [invited.userId]);
  const locked = await testUser(db, accountId, { password });
  for (let count = 0; count < 6; count += 1) await attempt(locked.email, 'not the password', '198.51.100.7');
  await prolongLocks(db);

  const answers = [
    await attempt('nobody@example.org', password),
    await attempt(wrong.email, 'not the password'),
    await attempt(inactive.email, password),
    await attempt(suspended.email, password),
    await attempt(invited.email, password),
    await attempt(locked.email, password),
  ];
  const told = answers.map((answer) => {
    const { instance: _, ...problem } = answer.json<Record<string, unknown>>();
    const headers = Object.keys(answer.headers).toSorted();
    return { status: answer.statusCode, problem, headers, length: answer.headers['content-length'] };
  });
  assert.equal(told[0]?.status, 401);
  assert.equal(told[0]?.problem['code'], 'signin.refused');
  for (const each of told) assert.deepEqual(each, told[0]);
});

test('attack 24: does as much work for an unknown address as for a wrong password', async (t) => {
  const { email } = await testUser(db, accountId, { password });
  const work = async (address: string) => {
    const derive = t.mock.method(crypto, 'argon2');
    syncBuiltinESMExports();
    try {
      assert.equal(codeOf(await attempt(address, 'not the password', '198.51.100.60')), 'signin.refused');
      return derive.mock.calls.map(({ arguments: [algorithm, { message, nonce, ...parameters }] }) => ({
        algorithm,
        ...parameters,
        lengths: [message, nonce].map((bytes) => Buffer.from(bytes as Buffer).length),
      }));
    } finally {
      derive.mock.restore();
      syncBuiltinESMExports();
    }
  };
  const known = await work(email);
  assert.equal(known.length, 1);
  assert.deepEqual(await work('nobody-at-all@example.org'), known);
});

test('locks out guessing at one person, from wherever it comes, and lets the person in when the wait is over', async () => {
  const { email, userId } = await testUser(db, accountId, { password });
  for (let count = 0; count < 6; count += 1) await attempt(email, 'not the password', `203.0.113.${count}`);
  await prolongLocks(db);
  assert.equal(codeOf(await attempt(email, password, '203.0.113.77')), 'signin.refused');
  await db.asOwner("update sign_in_failure set locked_until = locked_until - interval '1 hour'");
  assert.equal((await attempt(email, password)).statusCode, 201);
  const { rows } = await db.asOwner<{ body: string }>('select body from audit_outbox where body like $1', [
    `%${userId}%`,
  ]);
  const reasons = rows.map(
    ({ body }) => (JSON.parse(body) as { details?: { reason?: string } }).details?.reason,
  );
  assert.ok(reasons.includes('locked') && reasons.includes('wrong'));
  // What came before a right password does not count against the next wrong one.
  assert.equal(codeOf(await attempt(email, 'not the password')), 'signin.refused');
  assert.equal((await attempt(email, password)).statusCode, 201);
});

test('doubles the wait with each failure after the free ones, up to a quarter of an hour', async () => {
  const email = 'guessed-at@example.org';
  const waits: number[] = [];
  await db.asOwner('delete from sign_in_failure');
  for (let count = 0; count < 20; count += 1) {
    await attempt(email, 'not the password', `203.0.113.${count}`);
    const { rows } = await db.asOwner<{ wait: number }>(
      'select round(extract(epoch from max(locked_until) - max(last_at)))::int as wait from sign_in_failure where failures = $1',
      [count + 1],
    );
    waits.push(rows[0]?.wait ?? 0);
    await db.asOwner(
      "update sign_in_failure set locked_until = now() - interval '1 second' where locked_until is not null",
    );
  }
  assert.deepEqual(waits.slice(3, 9), [0, 1, 2, 4, 8, 16]);
  assert.deepEqual(waits.slice(-2), [900, 900]);
});

test('judges no more guesses than are free when they come all at once', async () => {
  const { email, userId } = await testUser(db, accountId, { password });
  const from = performance.now();
  await Promise.all(
    Array.from({ length: 30 }, (_, at) => attempt(email, 'not the password', `203.0.113.${at}`)),
  );
  const { rows } = await db.asOwner<{ count: number }>(
    `select count(*)::int as count from audit_outbox where body like $1 and body like '%"wrong"%'`,
    [`%${userId}%`],
  );
  // On a slow machine the first waits are over before the last attempt is made; each is twice as long as the one before.
  const most = 5 + Math.ceil(Math.log2(1 + (performance.now() - from) / 1000));
  assert.ok((rows[0]?.count ?? 0) <= most, `${rows[0]?.count} were judged`);
});

test('attack 22: slows down a network that guesses at many people, and tells it to wait', async () => {
  await db.asOwner('delete from sign_in_failure');
  for (let count = 0; count < 50; count += 1)
    await attempt(`nobody-${count}@example.org`, 'x', '2001:db8:1:2::1');
  await prolongLocks(db);
  const refused = await attempt('somebody@example.org', 'x', '2001:db8:1:2:ffff::9');
  assert.equal(codeOf(refused), 'request.rate-limited');
  assert.ok(Number(refused.headers['retry-after']) >= 1);
  assert.equal(codeOf(await attempt('somebody@example.org', 'x', '2001:db8:1:3::1')), 'signin.refused');
});

test('does not count honest sign-ins against the network', async () => {
  const { email } = await testUser(db, accountId, { password });
  await db.asOwner('delete from sign_in_failure');
  for (let count = 0; count < 3; count += 1) assert.equal((await attempt(email, password)).statusCode, 201);
  assert.deepEqual((await db.asOwner('select failures from sign_in_failure')).rows, [{ failures: 0 }]);
});

test('keeps no e-mail and no network address of a failure', async () => {
  await attempt('marker-for-failures@example.org', 'x', '203.0.113.250');
  const { rows } = await db.asOwner<{ row: string }>(
    'select sign_in_failure::text as row from sign_in_failure union all select body from audit_outbox',
  );
  for (const { row } of rows) assert.doesNotMatch(row, /marker-for-failures|203\.0\.113\.250/);
});

test('attack 32: refuses to sign in a page of another origin, and a client that names none', async () => {
  const { email } = await testUser(db, accountId, { password });
  const input = { body: { email, password } };
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: '' },
    { origin: 'null' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) {
    const answer = await request(http, signIn, { input, headers });
    assert.equal(codeOf(answer), 'request.origin');
    assert.equal(answer.headers['set-cookie'], undefined);
  }
});

test('attack 25: verifies every character of a password: none is cut off, by length or by U+0000', async () => {
  const long = `${'långt '.repeat(20)}slut`;
  const person = await testUser(db, accountId, { password: long });
  assert.equal(codeOf(await attempt(person.email, long.slice(0, -1))), 'signin.refused');
  assert.equal((await attempt(person.email, long)).statusCode, 201);
  const withNul = await testUser(db, accountId, { password: 'correct\u0000horse' });
  assert.equal(codeOf(await attempt(withNul.email, 'correct')), 'signin.refused');
  assert.equal(codeOf(await attempt(withNul.email, 'correct\u0000house')), 'signin.refused');
  assert.equal((await attempt(withNul.email, 'correct\u0000horse')).statusCode, 201);
  const withEmoji = await testUser(db, accountId, { password: `${'🐎'.repeat(30)}👩‍🚀` });
  for (const other of ['🐎'.repeat(30), `${'🐎'.repeat(30)}👩`, `${'🐎'.repeat(30)}\ud83d`])
    assert.notEqual((await attempt(withEmoji.email, other)).statusCode, 201);
  assert.equal((await attempt(withEmoji.email, `${'🐎'.repeat(30)}👩‍🚀`)).statusCode, 201);
});

test('attack 25: refuses a password of 5,000 characters, and one of a megabyte, without hashing it', async (t) => {
  const { email } = await testUser(db, accountId, { password });
  const derive = t.mock.method(crypto, 'argon2');
  syncBuiltinESMExports();
  try {
    for (const [length, status] of [
      [5_000, 400],
      [1_000_000, 413],
    ] as const)
      for (const address of ['nobody@example.org', email]) {
        const answer = await attempt(address, 'x'.repeat(length));
        assert.equal(answer.statusCode, status);
        assert.doesNotMatch(answer.body, /xxx/);
      }
    assert.equal(derive.mock.callCount(), 0);
    await attempt(email, 'not the password');
    assert.equal(derive.mock.callCount(), 1, 'any other is hashed');
  } finally {
    derive.mock.restore();
    syncBuiltinESMExports();
  }
});

test('ends the session and the cookie when signing out', async () => {
  const browser = await Browser.signIn(http, await testUser(db, accountId, { password }));
  const answer = await browser.call(signOut, {});
  assert.equal(answer.statusCode, 204);
  assert.match(String(answer.headers['set-cookie']), /^__Host-samtal=; Max-Age=0/);
  assert.equal(codeOf(await browser.call(getSession, {})), 'signin.required');
});

test('attack 81: is unavailable while the database only reads, and tells the log of it, and nothing of what was sent', async (t) => {
  const { email } = await testUser(db, accountId, { password });
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const url = new URL(db.url);
  url.searchParams.set('options', '-c search_path=samtal -c default_transaction_read_only=on');
  // As a standby is, which the address may lead to after a failover.
  const database = new Database({
    connectionString: url.href,
    max: 1,
    onError: (error) => assert.fail(error),
  });
  t.after(() => database.close());
  const there = testHttp({ ...db, database }, undefined, {
    log: createLog({ destination, readable: false }),
  });
  const answer = await request(there, signIn, { input: { body: { email, password } } });
  assert.deepEqual([answer.statusCode, codeOf(answer)], [503, 'unavailable']);
  assert.equal(answer.headers['retry-after'], '2');
  assert.equal(answer.headers['set-cookie'], undefined);
  const log = lines.join('');
  assert.match(log, /"level":"error".*"event":"request-failed".*"25006"/);
  for (const sent of [email, password]) assert.ok(!`${log}${answer.body}`.includes(sent));
  assert.equal((await attempt(email, password)).statusCode, 201, 'where it writes, it goes on');
});
