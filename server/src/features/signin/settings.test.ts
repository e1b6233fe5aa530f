import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { acceptInvitation, changePassword, getSession, readInvitation } from '@samtal/contract/signin';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, codeOf, request, testHttp } from '../../../test/requests.ts';
import { changeInstallationSettings, changeSettings } from '../settings/index.ts';
import { inviteUser } from '../users/index.ts';
import { Failures } from './failures.ts';

const password = 'blå hästar äter 7 tulpaner';

describe('what accounts and operators choose about signing in', () => {
  let db: TestDatabase;
  let http: ReturnType<typeof testHttp>;
  before(async () => {
    db = await createTestDatabase();
    http = testHttp(db);
  });
  after(() => db.close());

  const versions = new Map<string, number>();
  async function set(account: string, values: Record<string, unknown>): Promise<void> {
    const version = versions.get(account) ?? 0;
    await db.database.transaction(account, (tx) =>
      changeSettings(tx, account, {
        channelId: null,
        version,
        set: values,
        unset: [],
        by: { kind: 'operator' },
        reason: '',
      }),
    );
    versions.set(account, version + 1);
  }
  /** A member of two accounts. */
  async function ofTwo() {
    const [one, other] = [await testAccount(db, 'One'), await testAccount(db, 'Other')];
    const person = await testUser(db, one, { password, roles: ['agent'] });
    await testUser(db, other, { email: person.email });
    return { one, other, person };
  }
  const idle = async (userId: string, minutes: number) =>
    await db.asOwner('update session set used_at = now() - make_interval(mins => $2) where user_id = $1', [
      userId,
      minutes,
    ]);

  it('ends a session by the shortest idle time of all accounts that the person works in, at once', async () => {
    const { one, other, person } = await ofTwo();
    const browser = await Browser.signIn(http, person);
    await set(one, { 'signin.session-idle-minutes': 60 });
    await set(other, { 'signin.session-idle-minutes': 50 });
    await idle(person.userId, 45);
    assert.equal((await browser.call(getSession, {})).statusCode, 200);
    await idle(person.userId, 45);
    await set(other, { 'signin.session-idle-minutes': 40 });
    assert.equal(codeOf(await browser.call(getSession, {})), 'signin.required');
  });

  it('is not bound by an account that has only invited the person, nor by one that is suspended', async () => {
    const { one, other, person } = await ofTwo();
    const browser = await Browser.signIn(http, person);
    await set(one, { 'signin.session-idle-minutes': 60 });
    await set(other, { 'signin.session-idle-minutes': 5 });
    await idle(person.userId, 20);
    await db.asOwner("update membership set status = 'invited' where account_id = $1", [other]);
    assert.equal((await browser.call(getSession, {})).statusCode, 200);
    await db.asOwner("update membership set status = 'active' where account_id = $1", [other]);
    await db.asOwner("update account set status = 'suspended' where id = $1", [other]);
    await idle(person.userId, 20);
    assert.equal((await browser.call(getSession, {})).statusCode, 200);
    await db.asOwner("update account set status = 'active' where id = $1", [other]);
    await idle(person.userId, 20);
    assert.equal(codeOf(await browser.call(getSession, {})), 'signin.required');
  });

  it('ends a session after the hours that were chosen, also one that has begun already', async () => {
    const { one, person } = await ofTwo();
    const browser = await Browser.signIn(http, person);
    await db.asOwner("update session set created_at = now() - interval '3 hours' where user_id = $1", [
      person.userId,
    ]);
    assert.equal((await browser.call(getSession, {})).statusCode, 200);
    await set(one, { 'signin.session-life-hours': 2 });
    assert.equal(codeOf(await browser.call(getSession, {})), 'signin.required');
  });

  it('demands the longest password of all accounts, and of the one that is being joined', async () => {
    const { one, other, person } = await ofTwo();
    const browser = await Browser.signIn(http, person);
    await set(one, { 'signin.password-min-length': 14 });
    await set(other, { 'signin.password-min-length': 30 });
    const change = async (next: string) =>
      await browser.call(changePassword, { body: { current: password, next } });
    const refused = await change('gröna berg i norr');
    assert.equal(codeOf(refused), 'signin.password-weak');
    assert.match(refused.body, /must have 30 to 128 characters/);
    const { passwordMinLength } = (await browser.call(getSession, {})).json<{ passwordMinLength: number }>();
    assert.equal(passwordMinLength, 30);
    assert.equal((await change('gröna berg i norr och gula sädesfält')).statusCode, 204);
    const invited = await db.database.transaction(other, (tx) =>
      inviteUser(tx, other, {
        actor: { kind: 'operator' },
        user: { email: 'new.person@example.org', name: 'New' },
      }),
    );
    // Who holds a link learns what this account asks for, and nothing of the person's others.
    const input = { body: { token: invited.invitation.token } };
    const told = (await request(http, readInvitation, { input })).json<{ passwordMinLength: number }>();
    assert.equal(told.passwordMinLength, 30);
    const body = { token: invited.invitation.token, name: 'New', password: 'gröna berg i norr' };
    assert.equal(codeOf(await request(http, acceptInvitation, { input: { body } })), 'signin.password-weak');
  });

  it('lets an invitation stand as long as the account says', async () => {
    const account = await testAccount(db);
    await set(account, { 'users.invitation-days': 2 });
    const { invitation } = await db.database.transaction(account, (tx) =>
      inviteUser(tx, account, { actor: { kind: 'operator' }, user: { email: 'a@example.org', name: 'A' } }),
    );
    const hours = (invitation.expiresAt.getTime() - Date.now()) / 3_600_000;
    assert.ok(hours > 47 && hours <= 48, String(hours));
  });

  it('slows guessing down as the installation says, alike for every address, and for no account otherwise', async () => {
    const account = await testAccount(db);
    await assert.rejects(set(account, { 'signin.attempts-before-wait': 1 }));
    await db.database.transaction('platform', async (tx) => {
      await changeInstallationSettings(tx, {
        set: { 'signin.attempts-before-wait': 2, 'signin.longest-wait-minutes': 1 },
        unset: [],
        reason: '',
      });
    });
    const failures = new Failures(db.keyring);
    const known = await testUser(db, account);
    for (const email of [known.email, 'nobody@example.org']) {
      const waits = [];
      for (let guess = 0; guess < 3; guess += 1)
        waits.push(
          await db.database.transaction('platform', (tx) => failures.count(tx, failures.ofEmail(email))),
        );
      assert.deepEqual(
        waits.map((seconds) => seconds > 0),
        [false, false, true],
        email,
      );
    }
  });
});
