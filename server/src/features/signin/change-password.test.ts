import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { changePassword, signIn } from '@samtal/contract/signin';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, codeOf, prolongLocks, request, testHttp } from '../../../test/requests.ts';
import type { HttpServer } from '../../platform/http/index.ts';

const password = 'blå hästar äter 7 tulpaner';
const next = 'röda kor dricker 9 liter';
let db: TestDatabase;
let http: HttpServer;
let accountId: string;
before(async () => {
  db = await createTestDatabase();
  http = testHttp(db);
  accountId = await testAccount(db, 'Almviks kommun');
});
after(() => db.close());

test('attack 26: changes the password, and ends every other session of the person but nobody else’s', async () => {
  const user = await testUser(db, accountId, { password });
  const [here, there] = [await Browser.signIn(http, user), await Browser.signIn(http, user)];
  const somebody = await Browser.signIn(http, await testUser(db, accountId, { password }));
  assert.equal((await here.call(changePassword, { body: { current: password, next } })).statusCode, 204);
  assert.deepEqual(
    [await here.isSignedIn(), await there.isSignedIn(), await somebody.isSignedIn()],
    [true, false, true],
  );
  const old = await request(http, signIn, { input: { body: { email: user.email, password } } });
  assert.equal(codeOf(old), 'signin.refused');
  await Browser.signIn(http, { ...user, password: next });
});

test('changes nothing without the password that is in use', async () => {
  const user = await testUser(db, accountId, { password });
  const [here, there] = [await Browser.signIn(http, user), await Browser.signIn(http, user)];
  const answer = await here.call(changePassword, { body: { current: 'not the password', next } });
  assert.equal(codeOf(answer), 'signin.refused');
  assert.ok(await there.isSignedIn());
  await Browser.signIn(http, user);
});

test('counts wrong passwords here and at the sign-in page together', async () => {
  const user = await testUser(db, accountId, { password });
  const person = await Browser.signIn(http, user);
  for (let count = 0; count < 6; count += 1) {
    await person.call(changePassword, { body: { current: `wrong ${count}`, next } });
  }
  await prolongLocks(db);
  const { email } = user;
  assert.equal(
    codeOf(await request(http, signIn, { input: { body: { email, password } } })),
    'signin.refused',
  );
});

test('refuses a next password that is easy to guess, and names the field but not the password', async () => {
  const person = await Browser.signIn(http, await testUser(db, accountId, { password }));
  for (const weak of ['Password12345', 'almviks kommun']) {
    const answer = await person.call(changePassword, { body: { current: password, next: weak } });
    assert.equal(codeOf(answer), 'signin.password-weak');
    assert.match(answer.body, /"pointer":"\/body\/next"/);
    assert.ok(!answer.body.includes(weak));
  }
});
