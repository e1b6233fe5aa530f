import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { giveRole, listRoles } from '@samtal/contract/access';
import {
  beginFactor,
  beginFirstFactor,
  confirmFactor,
  confirmFirstFactor,
  continueSignIn,
  elevate,
  getElevationWays,
  getSession,
  listFactors,
  removeFactor,
  renameFactor,
  renewRecoveryCodes,
  resetFactors,
  signIn,
  type BegunFactor,
  type SignInStep,
} from '@samtal/contract/signin';
import type { LightMyRequestResponse } from 'fastify';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { attemptCookie, codeOfApp, giveApp, giveRecoveryCodes } from '../../../test/factors.ts';
import { Browser, codeOf, cookieOf, request, testHttp } from '../../../test/requests.ts';
import { setSettings } from '../../../test/settings.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { accessRoutes } from '../access/routes.ts';

const password = 'the correct horse and its battery';

describe('a second factor', () => {
  let db: TestDatabase;
  let http: HttpServer;
  let accountId: string;
  let ada: TestPerson;

  before(async () => {
    db = await createTestDatabase();
    http = testHttp(db, (registered) => accessRoutes(registered, { database: db.database }));
  });
  beforeEach(async () => {
    accountId = await testAccount(db);
    ada = await testUser(db, accountId, { roles: ['administrator'], password });
  });
  after(async () => {
    await http.close(0);
    await db.close();
  });

  const knock = (person = ada) =>
    request(http, signIn, { input: { body: { email: person.email, password: person.password } } });
  const show = (cookie: string, body: object) =>
    request(http, continueSignIn, { input: { body }, headers: { cookie } });
  const isSession = async (answer: LightMyRequestResponse) =>
    (await request(http, getSession, { headers: { cookie: cookieOf(answer) } })).statusCode === 200;
  const doSensitive = async (browser: Browser) => {
    const body = { userId: accountId, roleId: accountId, scope: {} };
    return codeOf(await browser.call(giveRole, { params: { accountId }, body }));
  };

  it('is not asked for where there is none and nobody demands one', async () => {
    const answer = await knock();
    assert.equal(answer.statusCode, 201);
    assert.ok(await isSession(answer));
  });

  it('is the next step after the password, and there is no session before it', async () => {
    const app = await giveApp(db, ada.userId);
    const answer = await knock();
    const step = answer.json<SignInStep>();
    assert.equal(step.step, 'factor');
    assert.deepEqual(
      step.factors.map(({ kind, name }) => [kind, name]),
      [['totp', 'App']],
    );
    assert.match(
      String(answer.headers['set-cookie']),
      /^__Host-samtal-attempt=.*HttpOnly; Secure; SameSite=Strict$/,
    );
    const cookie = cookieOf(answer);
    assert.equal((await request(http, getSession, { headers: { cookie } })).statusCode, 401);
    const asSession = cookie.replace('-attempt', '');
    assert.equal((await request(http, getSession, { headers: { cookie: asSession } })).statusCode, 401);
    assert.equal(
      codeOf(await show(cookie, { kind: 'totp', code: wrong(app.code()) })),
      'signin.proof-refused',
    );
    const right = await show(cookie, { kind: 'totp', code: app.code() });
    assert.ok(await isSession(right));
    assert.equal(codeOf(await show(cookie, { kind: 'totp', code: app.code(1) })), 'signin.attempt-over');
  });

  it('is no way in without the password: no attempt, one of somebody else, one that is over', async () => {
    const app = await giveApp(db, ada.userId);
    const eve = await testUser(db, accountId, { roles: ['agent'], password });
    await giveApp(db, eve.userId);
    const proof = { kind: 'totp', code: app.code() };
    assert.equal(codeOf(await show('', proof)), 'signin.attempt-over');
    assert.equal(codeOf(await show('__Host-samtal-attempt=x', proof)), 'signin.attempt-over');
    const eves = await attemptCookie(db, eve.userId, 'factor');
    assert.equal(codeOf(await show(eves, proof)), 'signin.proof-refused');
    const late = await attemptCookie(db, ada.userId, 'factor');
    await db.asOwner("update sign_in_attempt set expires_at = now() - interval '1 second'");
    assert.equal(codeOf(await show(late, proof)), 'signin.attempt-over');
  });

  it('takes each step of an app once, and the one before and after it, and no other', async () => {
    const app = await giveApp(db, ada.userId);
    const cookie = await attemptCookie(db, ada.userId, 'factor');
    for (const far of [-3, 3])
      assert.equal(codeOf(await show(cookie, { kind: 'totp', code: app.code(far) })), 'signin.proof-refused');
    const used = app.code();
    assert.ok(await isSession(await show(cookie, { kind: 'totp', code: used })));
    const again = await attemptCookie(db, ada.userId, 'factor');
    assert.equal(codeOf(await show(again, { kind: 'totp', code: used })), 'signin.proof-refused', 'replayed');
    assert.equal(
      codeOf(await show(again, { kind: 'totp', code: app.code(-1) })),
      'signin.proof-refused',
      'older',
    );
    assert.ok(await isSession(await show(again, { kind: 'totp', code: app.code(1) })));
  });

  it('lets four at once with the right code in once', async () => {
    const app = await giveApp(db, ada.userId);
    const cookie = await attemptCookie(db, ada.userId, 'factor');
    const code = app.code();
    const answers = await Promise.all(Array.from({ length: 4 }, () => show(cookie, { kind: 'totp', code })));
    assert.equal(answers.filter(({ statusCode }) => statusCode === 201).length, 1);
  });

  it('is tried ten times in an hour, whatever it is, apart from wrong passwords', async () => {
    const app = await giveApp(db, ada.userId);
    await giveRecoveryCodes(db, ada.userId);
    const cookie = await attemptCookie(db, ada.userId, 'factor');
    for (let guess = 0; guess < 10; guess += 1) {
      const body =
        guess % 2 === 0
          ? { kind: 'totp', code: wrong(app.code()) }
          : { kind: 'recovery', code: 'AAAA-AAAA-AAAA' };
      assert.equal(codeOf(await show(cookie, body)), 'signin.proof-refused');
    }
    const late = await show(cookie, { kind: 'totp', code: app.code() });
    assert.equal(codeOf(late), 'request.rate-limited', 'though right');
    assert.ok(Number(late.headers['retry-after']) > 3000);
    assert.equal((await knock()).statusCode, 201, 'the password is not locked by it');
    await db.asOwner("update factor_tries set since = since - interval '1 hour 1 second'");
    assert.ok(await isSession(await show(cookie, { kind: 'totp', code: app.code() })));
  });

  it('is replaced by a recovery code, each once, however it is typed', async () => {
    await giveApp(db, ada.userId);
    const [code = ''] = await giveRecoveryCodes(db, ada.userId);
    const cookie = await attemptCookie(db, ada.userId, 'factor');
    const typed = code.toLowerCase().replaceAll('-', ' ');
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => show(cookie, { kind: 'recovery', code: typed })),
    );
    assert.equal(answers.filter(({ statusCode }) => statusCode === 201).length, 1);
    const again = await attemptCookie(db, ada.userId, 'factor');
    assert.equal(codeOf(await show(again, { kind: 'recovery', code })), 'signin.proof-refused');
  });

  it('is added in an elevated session, shown to work, ends other sessions and this one’s elevation', async () => {
    const browser = await Browser.signIn(http, ada, { elevated: false });
    const other = await Browser.signIn(http, ada);
    const wanted = { body: { kind: 'totp' as const, name: 'My phone' } };
    assert.equal(codeOf(await browser.call(beginFactor, wanted)), 'signin.elevation-required');
    await browser.call(elevate, { body: { kind: 'password', password } });
    const begun = (await browser.call(beginFactor, wanted)).json<BegunFactor>();
    assert.match(begun.totp?.uri ?? '', /^otpauth:\/\/totp\//);
    assert.equal((await knock()).json<{ user?: object }>().user !== undefined, true, 'it does not count yet');
    const params = { factorId: begun.id };
    const secret = begun.totp?.secret ?? '';
    const confirm = (as: Browser, code: string) => as.call(confirmFactor, { params, body: { code } });
    assert.equal(codeOf(await confirm(browser, wrong(codeOfApp(secret)))), 'signin.proof-refused');
    assert.equal(codeOf(await confirm(other, codeOfApp(secret))), 'not-found', 'begun in another session');
    const confirmed = await confirm(browser, codeOfApp(secret));
    const { recoveryCodes } = confirmed.json<{ recoveryCodes: string[] }>();
    assert.equal(new Set(recoveryCodes).size, 10);
    assert.ok(!(await other.isSignedIn()), 'every other session has ended');
    assert.equal(await doSensitive(browser), 'signin.elevation-required');
    assert.equal((await knock()).json<SignInStep>().step, 'factor');
    const { rows } = await db.asOwner<{ text: string }>(
      'select (select string_agg(f::text, $1) from factor f) || (select string_agg(r::text, $1) from recovery_code r) as text',
      [' '],
    );
    for (const hidden of [secret, ...recoveryCodes]) assert.ok(!rows[0]?.text.includes(hidden));
  });

  it('is what elevates a session from then on, and the password is not', async () => {
    const app = await giveApp(db, ada.userId);
    const [code = ''] = await giveRecoveryCodes(db, ada.userId);
    const cookie = await attemptCookie(db, ada.userId, 'factor');
    const answer = await show(cookie, { kind: 'recovery', code });
    const browser = new Browser(http, cookieOf(answer), answer.json<{ csrfToken: string }>().csrfToken);
    assert.equal((await browser.call(getElevationWays, {})).json<{ password: string }>().password, 'nothing');
    const prove = (body: object) =>
      browser.call(elevate, { body: body as { kind: 'password'; password: string } });
    assert.equal(codeOf(await prove({ kind: 'password', password })), 'signin.proof-refused');
    assert.equal(codeOf(await prove({ kind: 'totp', code: wrong(app.code()) })), 'signin.proof-refused');
    assert.equal(await doSensitive(browser), 'signin.elevation-required');
    assert.equal((await prove({ kind: 'totp', code: app.code() })).statusCode, 200);
    assert.equal(await doSensitive(browser), 'not-found');
  });

  it('has to be added before sensitive work where the account says so, for which the password is enough', async () => {
    await setSettings(db, accountId, { 'signin.elevation-proof': 'second-factor' });
    const browser = await Browser.signIn(http, ada, { elevated: false });
    assert.equal(
      (await browser.call(getElevationWays, {})).json<{ password: string }>().password,
      'own-sign-in',
    );
    assert.equal((await browser.call(elevate, { body: { kind: 'password', password } })).statusCode, 200);
    assert.equal(await doSensitive(browser), 'signin.elevation-required');
    assert.equal((await browser.call(beginFactor, { body: { kind: 'totp', name: 'App' } })).statusCode, 201);
  });

  it('is added on the way in where an account demands it, by whoever has none', async () => {
    await setSettings(db, accountId, {
      'signin.second-factor': 'required',
      'signin.second-factors-allowed': ['totp'],
    });
    const answer = await knock();
    const step = answer.json<SignInStep>();
    assert.deepEqual([step.step, step.factors, step.addable], ['enrol', [], ['passkey', 'totp']]);
    const headers = { cookie: cookieOf(answer) };
    const begin = (body: object) => request(http, beginFirstFactor, { input: { body }, headers });
    assert.equal(codeOf(await begin({ kind: 'email', name: 'Mail' })), 'signin.factor-not-allowed');
    const begun = (await begin({ kind: 'totp', name: 'App' })).json<BegunFactor>();
    const confirm = (code: string) =>
      request(http, confirmFirstFactor, {
        input: { params: { factorId: begun.id }, body: { code } },
        headers,
      });
    const secret = begun.totp?.secret ?? '';
    assert.equal(codeOf(await confirm(wrong(codeOfApp(secret)))), 'signin.proof-refused');
    const confirmed = await confirm(codeOfApp(secret));
    assert.equal(confirmed.statusCode, 201);
    assert.equal(confirmed.json<{ recoveryCodes: string[] }>().recoveryCodes.length, 10);
    assert.ok(await isSession(confirmed));
    assert.equal((await knock()).json<SignInStep>().step, 'factor', 'from now on it is asked for');
  });

  it('of a kind that an account does not let count is asked for, and then a better one added', async () => {
    const app = await giveApp(db, ada.userId);
    await setSettings(db, accountId, {
      'signin.second-factor': 'required',
      'signin.second-factors-allowed': [],
    });
    const answer = await knock();
    assert.deepEqual(
      answer.json<SignInStep>().factors.map(({ kind }) => kind),
      ['totp'],
    );
    const next = await show(cookieOf(answer), { kind: 'totp', code: app.code() });
    assert.equal(next.json<SignInStep>().step, 'enrol');
    assert.deepEqual(next.json<SignInStep>().addable, ['passkey']);
  });

  it('is not asked for where every account of the person has turned it off, and is where one has not', async () => {
    await giveApp(db, ada.userId);
    await setSettings(db, accountId, { 'signin.second-factor': 'off' });
    assert.ok(await isSession(await knock()));
    const second = await testAccount(db, 'Björkvik');
    await db.asOwner(
      "insert into membership (account_id, user_id, email, name, status) values ($1, $2, $3, 'Ada', 'active')",
      [second, ada.userId, ada.email],
    );
    assert.equal((await knock()).json<SignInStep>().step, 'factor');
  });

  it('lets in from outside of an account’s networks where that says so; adding one on the way in does not', async () => {
    await setSettings(db, accountId, {
      'signin.networks': ['10.0.0.0/8'],
      'signin.network-exception': 'second-factor',
      'signin.second-factor': 'required',
    });
    assert.equal(codeOf(await knock()), 'signin.refused', 'there is none to show');
    const app = await giveApp(db, ada.userId);
    const answer = await knock();
    assert.equal(answer.json<SignInStep>().step, 'factor');
    const session = await show(cookieOf(answer), { kind: 'totp', code: app.code() });
    const browser = new Browser(http, cookieOf(session), session.json<{ csrfToken: string }>().csrfToken);
    assert.equal((await browser.call(listRoles, { params: { accountId } })).statusCode, 200);
    await setSettings(db, accountId, { 'signin.network-exception': 'off' });
    assert.equal(codeOf(await knock()), 'signin.refused');
  });

  it('is renamed and removed by its owner alone; recovery codes are renewed, and go with the last one', async () => {
    const app = await giveApp(db, ada.userId);
    const eve = await testUser(db, accountId, { roles: ['administrator'], password });
    const [code = ''] = await giveRecoveryCodes(db, ada.userId);
    const answer = await show(await attemptCookie(db, ada.userId, 'factor'), { kind: 'recovery', code });
    const browser = new Browser(http, cookieOf(answer), answer.json<{ csrfToken: string }>().csrfToken);
    const eves = await Browser.signIn(http, eve);
    const params = { factorId: app.factorId };
    assert.equal(codeOf(await eves.call(removeFactor, { params })), 'not-found');
    assert.equal(codeOf(await eves.call(renameFactor, { params, body: { name: 'Mine' } })), 'not-found');
    assert.equal(codeOf(await eves.call(renewRecoveryCodes, {})), 'signin.factor-needed');
    assert.equal((await browser.call(renameFactor, { params, body: { name: 'Old phone' } })).statusCode, 204);
    await browser.call(elevate, { body: { kind: 'totp', code: app.code() } });
    const renewed = (await browser.call(renewRecoveryCodes, {})).json<{ recoveryCodes: string[] }>();
    assert.ok(!renewed.recoveryCodes.includes(code) && renewed.recoveryCodes.length === 10);
    const list = async () =>
      (await browser.call(listFactors, {})).json<{ items: { name: string }[]; recoveryCodesLeft: number }>();
    assert.deepEqual(
      (await list()).items.map(({ name }) => name),
      ['Old phone'],
    );
    assert.equal((await browser.call(removeFactor, { params })).statusCode, 204);
    assert.deepEqual([(await list()).items, (await list()).recoveryCodesLeft], [[], 0]);
    assert.equal(await doSensitive(browser), 'signin.elevation-required');
  });

  it('is taken away by who manages users, of nobody who holds more, nor of who belongs elsewhere too', async () => {
    const [user, manager] = [
      await testUser(db, accountId),
      await testUser(db, accountId, { roles: [{ role: await roleThatManagesUsers() }], password }),
    ];
    await giveApp(db, user.userId);
    const browser = await Browser.signIn(http, manager);
    const reset = (userId: string, as = browser) => as.call(resetFactors, { params: { accountId, userId } });
    const calm = await Browser.signIn(http, manager, { elevated: false });
    assert.equal(codeOf(await reset(user.userId, calm)), 'signin.elevation-required');
    assert.equal((await reset(user.userId)).statusCode, 204);
    const { rows } = await db.asOwner('select 1 from factor where user_id = $1', [user.userId]);
    assert.equal(rows.length, 0);
    await giveApp(db, ada.userId);
    assert.equal(codeOf(await reset(ada.userId)), 'access.exceeds-own');
    const second = await testAccount(db, 'Björkvik');
    await db.asOwner(
      "insert into membership (account_id, user_id, email, name, status) values ($1, $2, $3, 'Bo', 'active')",
      [second, user.userId, user.email],
    );
    assert.equal(codeOf(await reset(user.userId)), 'signin.of-several-accounts');
  });

  async function roleThatManagesUsers(): Promise<string> {
    const roleId = randomUUID();
    await db.asOwner("insert into role (account_id, id, name) values ($1, $2, 'Desk')", [accountId, roleId]);
    for (const table of ['role_authorisation', 'role_allows'])
      await db.asOwner(`insert into ${table} values ($1, $2, 'users.manage')`, [accountId, roleId]);
    return roleId;
  }
});

/** Another code than this one. */
function wrong(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}
