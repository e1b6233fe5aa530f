import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { acceptInvitation, readInvitation } from '@samtal/contract/signin';
import { asMember, testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, codeOf, prolongLocks, request, testHttp } from '../../../test/requests.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { inviteUser, issueInvitation } from '../users/index.ts';
import { clearPassword } from './admit-with-password.ts';

const password = 'blå hästar äter 7 tulpaner';
const actor = { kind: 'operator' } as const;
let db: TestDatabase;
let http: HttpServer;
let accountId: string;
let count = 0;
before(async () => {
  db = await createTestDatabase();
  http = testHttp(db);
  accountId = await testAccount(db);
});
after(() => db.close());

async function invite(email = `invited-${(count += 1)}@example.org`, account = accountId) {
  const user = { email, name: 'As Invited' };
  const { userId, invitation } = await db.database.transaction(account, (tx) =>
    inviteUser(tx, account, { actor, user }),
  );
  return { email, userId, token: invitation.token, accountId: account };
}

async function accept(token: string, given = password, name = 'As Accepted') {
  return await request(http, acceptInvitation, { input: { body: { token, name, password: given } } });
}

test('tells what an invitation is for, and lets the person choose a name and a password', async () => {
  const { email, userId, token } = await invite();
  const answer = await request(http, readInvitation, { input: { body: { token } } });
  const { expiresAt, ...rest } = answer.json<{ expiresAt: string }>();
  assert.deepEqual(rest, { accountName: 'Almvik', email, name: 'As Invited', passwordMinLength: 12 });
  assert.ok(Date.parse(expiresAt) - Date.now() > 6.9 * 86_400_000);
  assert.equal(await asMember(db, accountId, userId), null);
  assert.equal((await accept(token)).statusCode, 204);
  assert.equal((await asMember(db, accountId, userId))?.name, 'As Accepted');
  await Browser.signIn(http, { userId, email, password });
});

test('works once, also when it is used twice at the same time', async () => {
  const { token } = await invite();
  const answers = await Promise.all([accept(token), accept(token)]);
  assert.equal(answers.filter(({ statusCode }) => statusCode === 204).length, 1);
  assert.equal(codeOf(await accept(token)), 'signin.invitation-invalid');
});

test('is worth nothing when it has expired, was replaced, or the account is suspended', async () => {
  const expired = await invite();
  await db.asOwner('update invitation set expires_at = now() where user_id = $1', [expired.userId]);
  const replaced = await invite();
  await db.database.transaction(accountId, (tx) => issueInvitation(tx, accountId, replaced.userId));
  const suspended = await invite('somebody@example.org', await testAccount(db, 'Suspended'));
  await db.asOwner("update account set status = 'suspended' where id = $1", [suspended.accountId]);
  for (const { token } of [expired, replaced, suspended]) {
    assert.equal(codeOf(await accept(token)), 'signin.invitation-invalid');
    assert.equal(
      codeOf(await request(http, readInvitation, { input: { body: { token } } })),
      'signin.invitation-invalid',
    );
  }
});

test('does not let a user back in who was switched off', async () => {
  const { token, userId } = await invite();
  await db.asOwner("update membership set status = 'inactive' where user_id = $1", [userId]);
  assert.equal(codeOf(await accept(token)), 'signin.invitation-invalid');
});

test('asks a person who has a password for that one, and changes nothing else about the person', async () => {
  const known = await testUser(db, await testAccount(db, 'Elsewhere'), { password, name: 'Known Elsewhere' });
  const { token, userId } = await invite(known.email);
  assert.equal(userId, known.userId);
  assert.equal(codeOf(await accept(token, 'another long password')), 'signin.refused');
  assert.equal(await asMember(db, accountId, userId), null);
  assert.equal((await accept(token)).statusCode, 204);
  assert.equal((await asMember(db, accountId, userId))?.name, 'As Accepted');
  const { rows } = await db.asOwner('select name from identity where id = $1', [userId]);
  assert.deepEqual(rows, [{ name: 'Known Elsewhere' }]);
});

test('cannot be used to guess the password of a person, not even with a link for each guess', async () => {
  const known = await testUser(db, await testAccount(db, 'Elsewhere 2'), { password });
  const { token } = await invite(known.email);
  for (let guess = 0; guess < 6; guess += 1) await accept(token, `a wrong password ${guess}`);
  await prolongLocks(db);
  assert.equal(codeOf(await accept(token)), 'signin.refused');
});

test('refuses a first password that is easy to guess, and stays usable', async () => {
  const { token, email } = await invite();
  assert.equal(codeOf(await accept(token, 'password12345')), 'signin.password-weak');
  assert.equal(codeOf(await accept(token, email)), 'signin.password-weak');
  assert.equal(codeOf(await accept(token, 'as accepted 1')), 'signin.password-weak');
  assert.equal((await accept(token)).statusCode, 204);
});

test('refuses names that cannot be kept, before anything changes', async () => {
  const { token } = await invite();
  for (const name of ['   ', 'x'.repeat(121)])
    assert.equal(codeOf(await accept(token, password, name)), 'request.invalid');
  assert.equal(codeOf(await accept(token, password, 'nul\u0000nul')), 'request.invalid');
  assert.equal((await accept(token)).statusCode, 204);
});

test('slows down a network that tries out tokens', async () => {
  const from = { address: '203.0.113.200' };
  const input = { body: { token: 'A'.repeat(43) } };
  for (let guess = 0; guess < 50; guess += 1) {
    assert.equal(
      codeOf(await request(http, readInvitation, { input, ...from })),
      'signin.invitation-invalid',
    );
  }
  await prolongLocks(db);
  assert.equal(codeOf(await request(http, readInvitation, { input, ...from })), 'request.rate-limited');
});

test('refuses pages of another origin', async () => {
  const { token } = await invite();
  const headers = { origin: 'https://evil.example' };
  const body = { token, name: 'X', password };
  assert.equal(codeOf(await request(http, acceptInvitation, { input: { body }, headers })), 'request.origin');
  assert.equal(
    codeOf(await request(http, readInvitation, { input: { body: { token } }, headers })),
    'request.origin',
  );
});

test('lets a person choose a new password after an operator has cleared the old one', async () => {
  const user = await testUser(db, accountId, { password });
  const person = await Browser.signIn(http, user);
  const { token } = await db.database.transaction(accountId, (tx) =>
    issueInvitation(tx, accountId, user.userId),
  );
  await db.database.transaction('platform', (tx) =>
    clearPassword(tx, { accountId, userId: user.userId, actor }),
  );
  assert.equal(await person.isSignedIn(), false);
  assert.equal((await accept(token, 'en helt ny lång fras')).statusCode, 204);
  await Browser.signIn(http, { ...user, password: 'en helt ny lång fras' });
});
