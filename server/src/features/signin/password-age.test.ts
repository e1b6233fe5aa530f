import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  askForRenewal,
  changePassword,
  completeRenewal,
  continueSignIn,
  getSession,
  renewExpiredPassword,
  signIn,
  type SignInStep,
} from '@samtal/contract/signin';
import type { LightMyRequestResponse } from 'fastify';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { attemptCookie, giveApp } from '../../../test/factors.ts';
import { Browser, codeOf, cookieOf, messagesSent, request, testHttp } from '../../../test/requests.ts';
import { startMailServer, type TestMailServer } from '../../../test/mail-server.ts';
import { setUpMail } from '../../../test/mail-settings.ts';
import { setSettings } from '../../../test/settings.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { admitWithPassword } from './admit-with-password.ts';
import { signinJobs } from './delete-expired.ts';
import { Passwords } from './passwords.ts';

const password = 'the correct horse and its battery';
const [second, third, fourth] = ['another set of words', 'and yet some other words', 'a fourth set of words'];

describe('the age of a password', () => {
  let db: TestDatabase;
  let http: HttpServer;
  let mail: TestMailServer;
  let accountId: string;
  let ada: TestPerson;
  before(async () => {
    db = await createTestDatabase();
    http = testHttp(db);
    mail = await startMailServer();
    await setUpMail(db, mail);
  });
  beforeEach(async () => {
    accountId = await testAccount(db);
    ada = await testUser(db, accountId, { roles: ['agent'], password });
  });
  after(async () => {
    await messagesSent(http);
    await http.close(0);
    await mail.close();
    await db.close();
  });

  const knock = (given = password) =>
    request(http, signIn, { input: { body: { email: ada.email, password: given } } });
  const chosen = (days: number) =>
    db.asOwner('update identity set password_changed_at = now() - make_interval(days => $2) where id = $1', [
      ada.userId,
      days,
    ]);
  const renew = (cookie: string, next: string) =>
    request(http, renewExpiredPassword, { input: { body: { password: next } }, headers: { cookie } });
  const stepOf = (answer: LightMyRequestResponse) => answer.json<SignInStep>().step;
  const isSession = async (answer: LightMyRequestResponse) =>
    (await request(http, getSession, { headers: { cookie: cookieOf(answer) } })).statusCode === 200;
  const change = async (browser: Browser, current: string, next: string) => {
    const answer = await browser.call(changePassword, { body: { current, next } });
    return answer.statusCode === 204 ? 'changed' : codeOf(answer);
  };

  it('is not limited unless an account says so', async () => {
    await chosen(3000);
    assert.ok(await isSession(await knock()));
  });

  it('leads to another password on the way in, and to no session before it, once it is over', async () => {
    await setSettings(db, accountId, { 'signin.password-max-age-days': 90 });
    await chosen(89);
    const early = await knock();
    assert.ok(await isSession(early));
    await chosen(90);
    const answer = await knock();
    assert.deepEqual([stepOf(answer), answer.json<SignInStep>().passwordMinLength], ['renew', 12]);
    const cookie = cookieOf(answer);
    assert.ok(!(await isSession(answer)));
    assert.equal(codeOf(await renew('', second)), 'signin.attempt-over');
    assert.equal(codeOf(await renew(cookie, 'password1234')), 'signin.password-weak');
    assert.equal(codeOf(await renew(cookie, password)), 'signin.password-used', 'the present one');
    const both = await Promise.all([renew(cookie, second), renew(cookie, third)]);
    assert.equal(both.filter(({ statusCode }) => statusCode === 201).length, 1, 'once');
    const won = both.find(({ statusCode }) => statusCode === 201);
    assert.ok(won !== undefined && (await isSession(won)));
    assert.ok(!(await isSession(early)), 'what was begun with the old one has ended');
    assert.equal(codeOf(await knock()), 'signin.refused');
  });

  it('comes after the second factor and before one is added: whoever has the password alone replaces nothing', async () => {
    await setSettings(db, accountId, {
      'signin.password-max-age-days': 90,
      'signin.second-factor': 'required',
    });
    await chosen(100);
    const first = cookieOf(await knock());
    assert.equal(stepOf(await renew(first, second)), 'enrol');
    assert.equal(codeOf(await renew(first, third)), 'signin.attempt-over');
    const app = await giveApp(db, ada.userId);
    await chosen(100);
    const asked = await knock(second);
    const cookie = cookieOf(asked);
    assert.equal(stepOf(asked), 'factor');
    assert.equal(codeOf(await renew(cookie, third)), 'signin.attempt-over', 'before the factor');
    const shown = await request(http, continueSignIn, {
      input: { body: { kind: 'totp', code: app.code() } },
      headers: { cookie },
    });
    assert.equal(stepOf(shown), 'renew');
    const begun = await renew(cookie, third);
    assert.ok(await isSession(begun));
    const { rows } = await db.asOwner(
      'select from session where user_id = $1 and second_factor_at is not null',
      [ada.userId],
    );
    assert.equal(rows.length, 1, 'the factor counts for the session');
  });

  it('is that of the strictest account', async () => {
    const other = await testAccount(db);
    await testUser(db, other, { email: ada.email });
    await setSettings(db, accountId, { 'signin.password-max-age-days': 90 });
    await setSettings(db, other, { 'signin.password-max-age-days': 30 });
    await chosen(40);
    assert.equal(stepOf(await knock()), 'renew');
    await db.asOwner("update account set status = 'suspended' where id = $1", [other]);
    assert.ok(await isSession(await knock()));
  });

  it('lets no attempt in another step choose a password', async () => {
    await setSettings(db, accountId, { 'signin.password-max-age-days': 90 });
    for (const step of ['factor', 'enrol'] as const) {
      const cookie = await attemptCookie(db, ada.userId, step);
      assert.equal(codeOf(await renew(cookie, second)), 'signin.attempt-over');
    }
    const late = await attemptCookie(db, ada.userId, 'renew');
    await db.asOwner("update sign_in_attempt set expires_at = now() - interval '1 second'");
    assert.equal(codeOf(await renew(late, second)), 'signin.attempt-over');
  });

  it('has to be reached before its owner changes it again, but not after somebody else chose it', async () => {
    await setSettings(db, accountId, { 'signin.password-min-age-days': 2 });
    const browser = await Browser.signIn(http, ada);
    await chosen(1);
    const answer = await browser.call(changePassword, { body: { current: password, next: second } });
    assert.equal(codeOf(answer), 'signin.password-too-new');
    assert.ok(Math.abs(Number(answer.headers['retry-after']) - 24 * 60 * 60) < 60);
    await chosen(2);
    assert.equal(await change(browser, password, second), 'changed');
    assert.equal(await change(browser, second, third), 'signin.password-too-new');
    const passwordHash = await new Passwords().hash(fourth);
    await db.database.transaction('platform', (tx) =>
      admitWithPassword(tx, {
        accountId,
        userId: ada.userId,
        passwordHash,
        actor: { kind: 'operator' },
      }),
    );
    const again = await Browser.signIn(http, { ...ada, password: fourth });
    assert.equal(await change(again, fourth, third), 'changed');
  });

  it('that is not reached keeps nobody from a mailed link', async () => {
    await setSettings(db, accountId, { 'signin.password-min-age-days': 30 });
    await request(http, askForRenewal, { input: { body: { email: ada.email } } });
    await messagesSent(http);
    const token = /#([\w-]{43})/.exec(mail.received.at(-1)?.text ?? '')?.[1] ?? '';
    const complete = (next: string) =>
      request(http, completeRenewal, { input: { body: { token, password: next, proof: null } } });
    assert.equal(codeOf(await complete(password)), 'signin.password-used');
    assert.equal((await complete(second)).statusCode, 204);
  });

  it('does not bring former passwords back: the last of them are refused, and the hashes of no more are kept', async () => {
    await setSettings(db, accountId, { 'signin.password-history': 2 });
    const browser = await Browser.signIn(http, ada);
    assert.equal(await change(browser, password, password), 'signin.password-used');
    assert.equal(await change(browser, password, second), 'changed');
    assert.equal(await change(browser, second, third), 'changed');
    for (const former of [password, second, third])
      assert.equal(await change(browser, third, former), 'signin.password-used');
    assert.equal(await change(browser, third, fourth), 'changed');
    assert.equal(await change(browser, fourth, second), 'signin.password-used');
    const kept = async () =>
      (
        await db.asOwner<{ hash: string }>('select hash from former_password where user_id = $1', [
          ada.userId,
        ])
      ).rows;
    assert.deepEqual(
      (await kept()).map(({ hash }) => hash.slice(0, 10)),
      ['$argon2id$', '$argon2id$'],
    );
    assert.equal(await change(browser, fourth, password), 'changed', 'it is the third before');
    await setSettings(db, accountId, { 'signin.password-history': 1 });
    assert.equal(await change(browser, password, third), 'changed', 'counts at once');
    for (const { run } of signinJobs(db)) await run();
    assert.equal((await kept()).length, 1);
    await setSettings(db, accountId, { 'signin.password-history': 0 });
    for (const { run } of signinJobs(db)) await run();
    assert.equal((await kept()).length, 0);
  });

  it('keeps no former password where no account says so', async () => {
    const browser = await Browser.signIn(http, ada);
    assert.equal(await change(browser, password, second), 'changed');
    const { rows } = await db.asOwner('select from former_password where user_id = $1', [ada.userId]);
    assert.equal(rows.length, 0);
    assert.equal(await change(browser, second, password), 'changed');
  });
});
