import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  changePassword,
  continueSignIn,
  getSession,
  removeFactor,
  signIn,
  type Session,
  type SignInStep,
} from '@samtal/contract/signin';
import type { LightMyRequestResponse } from 'fastify';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { giveApp } from '../../../test/factors.ts';
import { startMailServer, type TestMailServer } from '../../../test/mail-server.ts';
import { setUpMail } from '../../../test/mail-settings.ts';
import {
  Browser,
  codeOf,
  cookieOf,
  messagesSent,
  prolongLocks,
  request,
  testHttp,
} from '../../../test/requests.ts';
import { setSettings } from '../../../test/settings.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { admitWithPassword } from './admit-with-password.ts';
import { signinJobs } from './delete-expired.ts';
import { Passwords } from './passwords.ts';

const password = 'the correct horse and its battery';
const next = 'another set of words';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('a browser that is known', () => {
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
    await db.asOwner('delete from sign_in_failure');
    mail.received.length = 0;
  });
  after(async () => {
    await messagesSent(http);
    await http.close(0);
    await mail.close();
    await db.close();
  });

  let networks = 0;
  /** Each time from another network, so that none is slowed down. */
  const knock = async (cookie = '', given = password, person = ada) => {
    networks += 1;
    const answer = await request(http, signIn, {
      input: { body: { email: person.email, password: given } },
      headers: { cookie, 'user-agent': firefox },
      address: `198.51.100.${networks % 250}`,
    });
    await messagesSent(http);
    return answer;
  };
  /** The cookie by which the browser is known again. */
  const browserOf = (answer: LightMyRequestResponse) => {
    const all = [answer.headers['set-cookie']].flat().map(String);
    return all.find((each) => each.startsWith('__Host-samtal-browser='))?.split(';')[0] ?? '';
  };
  const guess = async (times: number, cookie = '') => {
    for (let count = 0; count < times; count += 1) await knock(cookie, `wrong ${count}`);
    await prolongLocks(db);
  };
  const isSession = async (answer: LightMyRequestResponse) =>
    (await request(http, getSession, { headers: { cookie: cookieOf(answer) } })).statusCode === 200;

  it('attack 23: lets its owner in while anybody else who guesses is locked out, and opens nothing by itself', async () => {
    const cookie = browserOf(await knock());
    await guess(7);
    assert.equal(
      codeOf(await knock()),
      'signin.refused',
      'locked for everybody else, with the right password too',
    );
    assert.equal(
      codeOf(await knock(cookie, 'wrong')),
      'signin.refused',
      'the password is needed all the same',
    );
    const eve = await testUser(db, accountId, { password });
    const hers = browserOf(await knock('', password, eve));
    for (const other of [hers, `__Host-samtal-browser=${'a'.repeat(43)}`, cookie.slice(0, -1)])
      assert.equal(codeOf(await knock(other)), 'signin.refused', 'of somebody else, made up, or not whole');
    const asSession = cookie.replace('-browser', '');
    assert.equal((await request(http, getSession, { headers: { cookie: asSession } })).statusCode, 401);
    assert.ok(await isSession(await knock(cookie)));
    assert.equal(codeOf(await knock()), 'signin.refused', 'that gives the others no new guesses');
  });

  it('attack 23: is locked by guesses made in it, and then nobody is let in there but after the wait', async () => {
    const cookie = browserOf(await knock());
    await guess(7, cookie);
    assert.equal(codeOf(await knock(cookie)), 'signin.refused');
    assert.ok(await isSession(await knock()), 'elsewhere nobody has guessed');
  });

  it('is told by a cookie that scripts and other sites cannot use, of which the hash alone is kept', async () => {
    const answer = await knock();
    const set = [answer.headers['set-cookie']].flat().map(String);
    assert.match(
      set.find((each) => each.startsWith('__Host-samtal-browser=')) ?? '',
      /^__Host-samtal-browser=[\w-]{43}; Max-Age=34560000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const token = browserOf(answer).split('=')[1] ?? '';
    const { rows } = await db.asOwner<{ row: string }>('select known_device::text as row from known_device');
    assert.ok(rows.length > 0 && rows.every(({ row }) => !row.includes(token)));
    const again = await knock(browserOf(answer));
    assert.equal(browserOf(again), browserOf(answer), 'is the same when it comes again');
    const planted = `__Host-samtal-browser=${'b'.repeat(43)}`;
    assert.notEqual(browserOf(await knock(planted)), planted, 'and never one that was not given out here');
  });

  it('is known to several people, each by signing in there', async () => {
    const eve = await testUser(db, accountId, { password });
    const alone = browserOf(await knock());
    const shared = browserOf(await knock(alone, password, eve));
    for (const person of [ada, eve]) {
      const again = await knock(shared, password, person);
      assert.equal(browserOf(again), shared, 'from then on it stays the same');
    }
    await guess(7);
    assert.ok(await isSession(await knock(shared)));
  });

  it('attack 23: is not known by what somebody has of it who planted it there', async () => {
    const mallory = await testUser(db, accountId, { password });
    const app = await giveApp(db, ada.userId);
    await setSettings(db, accountId, { 'signin.remembered-factor-days': 7 });
    const planted = browserOf(await knock('', password, mallory));
    const asked = await knock(planted);
    const shown = await request(http, continueSignIn, {
      input: { body: { kind: 'totp', code: app.code() } },
      headers: { cookie: `${cookieOf(asked)}; ${planted}` },
    });
    assert.ok(await isSession(shown));
    const hers = browserOf(shown);
    assert.notEqual(hers, planted);
    assert.ok(await isSession(await knock(hers)), 'there the factor is remembered');
    assert.ok(!(await isSession(await knock(planted))), 'and with the copy it is not');
    await guess(7);
    assert.equal(codeOf(await knock(planted)), 'signin.refused', 'nor is there another counter');
    assert.ok(await isSession(await knock(hers)));
    assert.equal(browserOf(await knock(hers, password, mallory)), hers, 'he is known there as before');
    assert.notEqual(browserOf(await knock(planted, password, mallory)), planted, 'and by the copy nowhere');
  });

  it('is forgotten after the days of the strictest account, and when the password may have been known to others', async () => {
    const cookie = browserOf(await knock());
    const knows = async (wanted = cookie) => {
      await guess(7);
      const answer = await knock(wanted);
      await db.asOwner('delete from sign_in_failure');
      return answer.statusCode === 201;
    };
    const other = await testAccount(db);
    await testUser(db, other, { email: ada.email });
    await setSettings(db, other, { 'signin.known-device-days': 10 });
    await db.asOwner("update known_device set used_at = now() - interval '9 days'");
    assert.ok(await knows());
    await db.asOwner("update known_device set used_at = now() - interval '11 days'");
    assert.ok(!(await knows()));
    for (const { run } of signinJobs(db)) await run();
    const { rows } = await db.asOwner('select from known_device where user_id = $1', [ada.userId]);
    assert.equal(rows.length, 0);

    const here = await knock(cookie);
    const there = browserOf(await knock());
    const session = here.json<Session>();
    const page = new Browser(http, `${cookieOf(here)}; ${browserOf(here)}`, session.csrfToken);
    const changed = await page.call(changePassword, { body: { current: password, next } });
    assert.equal(changed.statusCode, 204);
    const known = async () =>
      (await db.asOwner('select from known_device where user_id = $1', [ada.userId])).rows.length;
    assert.equal(await known(), 1, 'the one in which it was changed');
    assert.notEqual(there, browserOf(here));
    const passwordHash = await new Passwords().hash(next);
    await db.database.transaction('platform', (tx) =>
      admitWithPassword(tx, { accountId, userId: ada.userId, passwordHash, actor: { kind: 'operator' } }),
    );
    assert.equal(await known(), 0, 'an operator has set another password');
  });

  it('is what people are told of by mail when it is not, but not the first time that they come, and where it is wanted', async () => {
    const cookie = browserOf(await knock());
    assert.equal(mail.received.length, 0, 'nobody has come as her before');
    await knock(cookie);
    assert.equal(mail.received.length, 0, 'known');
    await knock();
    assert.equal(mail.received.length, 1);
    assert.match(mail.received[0]?.text ?? '', /Firefox, Linux/);
    assert.deepEqual(mail.received[0]?.to, [ada.email]);
    await knock('', 'wrong');
    assert.equal(mail.received.length, 1, 'nobody came in');
    await setSettings(db, accountId, { 'signin.new-device-mail': false });
    await knock();
    assert.equal(mail.received.length, 1);
    const other = await testAccount(db);
    await testUser(db, other, { email: ada.email });
    await knock();
    assert.equal(mail.received.length, 2, 'one account that wants it is enough');
    const { rows } = await db.asOwner<{ body: string }>('select body from audit_outbox where body like $1', [
      `%${ada.userId}%newDevice%`,
    ]);
    assert.ok(rows.length > 0 && rows.every(({ body }) => !body.includes(ada.email)));
  });

  it('makes up for no second factor, unless every account lets it, for so many days, and not after factors changed', async () => {
    const app = await giveApp(db, ada.userId);
    let step = -1;
    const come = async (cookie: string) => {
      const asked = await knock(cookie);
      if ('accounts' in asked.json<SignInStep | Session>()) return asked;
      step += 1;
      await db.asOwner('update factor set last_step = null');
      return await request(http, continueSignIn, {
        input: { body: { kind: 'totp', code: app.code() } },
        headers: { cookie: [cookieOf(asked), cookie].filter((each) => each !== '').join('; ') },
      });
    };
    const isAsked = async (cookie: string) => {
      const before = step;
      assert.equal((await come(cookie)).statusCode, 201);
      return step > before;
    };
    const cookie = browserOf(await come(''));
    assert.ok(await isAsked(cookie), 'by default');
    await setSettings(db, accountId, { 'signin.remembered-factor-days': 7 });
    assert.ok(!(await isAsked(cookie)));
    assert.ok(await isAsked(''), 'in another browser');
    const { rows } = await db.asOwner<{ proven: boolean }>(
      'select second_factor_at is not null as proven from session where user_id = $1 order by created_at',
      [ada.userId],
    );
    assert.deepEqual(
      rows.map(({ proven }) => proven),
      [true, true, false, true],
      'it was not shown in that session',
    );
    await db.asOwner("update known_device set second_factor_at = now() - interval '8 days'");
    assert.ok(await isAsked(cookie), 'after the days');
    const other = await testAccount(db);
    await testUser(db, other, { email: ada.email });
    assert.ok(await isAsked(cookie), 'not every account lets it');
    await setSettings(db, other, { 'signin.remembered-factor-days': 30 });
    assert.ok(!(await isAsked(cookie)));
    const second = await giveApp(db, ada.userId);
    const page = await come(cookie);
    const browser = new Browser(http, cookieOf(page), page.json<Session>().csrfToken);
    await db.asOwner(
      "update session set elevated_until = now() + interval '1 hour', elevated_by = 'totp' where user_id = $1",
      [ada.userId],
    );
    const removed = await browser.call(removeFactor, { params: { factorId: second.factorId } });
    assert.equal(removed.statusCode, 204);
    assert.ok(await isAsked(cookie), 'another set of factors');
  });
});
