import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  beginFactor,
  confirmFactor,
  continueSignIn,
  elevate,
  sendElevationCode,
  sendSignInCode,
  type BegunFactor,
} from '@samtal/contract/signin';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { attemptCookie, giveMailFactor } from '../../../test/factors.ts';
import { startMailServer, type TestMailServer } from '../../../test/mail-server.ts';
import { setUpMail } from '../../../test/mail-settings.ts';
import { Browser, codeOf, messagesSent, request, testHttp } from '../../../test/requests.ts';
import { setSettings } from '../../../test/settings.ts';
import { setUpSms, startSmsServer, type TestSmsServer } from '../../../test/sms-server.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { createLog } from '../../platform/log/index.ts';

const password = 'the correct horse and its battery';

describe('codes by mail and text message', () => {
  let db: TestDatabase;
  let http: HttpServer;
  let mail: TestMailServer;
  let sms: TestSmsServer;
  const lines: string[] = [];
  let accountId: string;
  let ada: TestPerson;

  before(async () => {
    db = await createTestDatabase();
    const destination = { write: (line: string) => void lines.push(line) };
    http = testHttp(db, undefined, { log: createLog({ level: 'warn', readable: false, destination }) });
    [mail, sms] = [await startMailServer(), await startSmsServer()];
    await setUpMail(db, mail);
    await setUpSms(db, sms);
  });
  beforeEach(async () => {
    accountId = await testAccount(db);
    await setSettings(db, accountId, { 'signin.second-factors-allowed': ['totp', 'sms', 'email'] });
    ada = await testUser(db, accountId, { roles: ['administrator'], password });
  });
  after(async () => {
    await http.close(0);
    await messagesSent(http);
    await mail.close();
    await sms.close();
    await db.close();
  });

  const send = (cookie: string, factorId: string) =>
    request(http, sendSignInCode, { input: { body: { factorId } }, headers: { cookie } });
  const show = (cookie: string, code: string, kind: 'email' | 'sms' = 'email') =>
    request(http, continueSignIn, { input: { body: { kind, code } }, headers: { cookie } });
  const newestCode = () => /\b\d{6}\b/.exec(mail.received.at(-1)?.text ?? '')?.[0] ?? '';
  /** An attempt of Ada’s, and the code that was sent for it. */
  const sent = async (factorId: string) => {
    const cookie = await attemptCookie(db, ada.userId, 'factor');
    const answer = await send(cookie, factorId);
    assert.equal(answer.statusCode, 204, answer.body);
    return { cookie, code: newestCode() };
  };
  const attemptsOf = async () =>
    (
      await db.asOwner<{ attempts: number }>(
        'select attempts from one_time_code where user_id = $1 order by created_at',
        [ada.userId],
      )
    ).rows.map(({ attempts }) => attempts);

  it('begin a session once, and are readable nowhere but in the mail', async () => {
    const { cookie, code } = await sent(await giveMailFactor(db, ada.userId));
    assert.match(code, /^\d{6}$/);
    assert.equal(mail.received.at(-1)?.to[0], ada.email);
    const { rows } = await db.asOwner<{ text: string }>(
      'select coalesce(string_agg(c::text, $1), $1) || (select count(*) from mail) as text from one_time_code c',
      [' '],
    );
    assert.ok(!rows[0]?.text.includes(` ${code}`) && !rows[0]?.text.includes(`,${code},`));
    const answers = await Promise.all(Array.from({ length: 4 }, () => show(cookie, code)));
    assert.equal(answers.filter(({ statusCode }) => statusCode === 201).length, 1, 'four at once');
  });

  it('attack 16: are compared five times under 200 wrong guesses at once, and then the right one is refused', async () => {
    const { cookie, code } = await sent(await giveMailFactor(db, ada.userId));
    // The limit of the hour would stop more than ten, and is not what is tried here.
    const refill = 'update factor_tries set tries = 0 where user_id = $1';
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, guess) => {
        if (guess % 5 === 0) await db.asOwner(refill, [ada.userId]);
        return await show(cookie, String((Number(code) + 1 + guess) % 1_000_000).padStart(6, '0'));
      }),
    );
    assert.ok(answers.every(({ statusCode }) => statusCode === 403 || statusCode === 429));
    assert.deepEqual(await attemptsOf(), [5]);
    await db.asOwner(refill, [ada.userId]);
    assert.equal(codeOf(await show(cookie, code)), 'signin.proof-refused');
    assert.deepEqual(await attemptsOf(), [5]);
  });

  it('attack 16: are guessed at ten times in an hour, whatever comes at once', async () => {
    const { cookie, code } = await sent(await giveMailFactor(db, ada.userId));
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
    const answers = await Promise.all(Array.from({ length: 50 }, () => show(cookie, wrong)));
    assert.equal(answers.filter((answer) => codeOf(answer) === 'signin.proof-refused').length, 10);
    assert.equal(answers.filter(({ statusCode }) => statusCode === 429).length, 40);
  });

  it('attack 17: are not tried more often because a new one was sent, which ends the old one', async () => {
    const factorId = await giveMailFactor(db, ada.userId);
    const first = await sent(factorId);
    const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
    for (let guess = 0; guess < 5; guess += 1) await show(first.cookie, wrong(first.code));
    await send(first.cookie, factorId);
    const second = newestCode();
    if (second !== first.code)
      assert.equal(codeOf(await show(first.cookie, first.code)), 'signin.proof-refused');
    for (let guess = 0; guess < 4; guess += 1) await show(first.cookie, wrong(second));
    assert.equal(codeOf(await show(first.cookie, second)), 'request.rate-limited', 'ten in this hour');
  });

  it('attack 18: are good for what they were sent for, and in the attempt or session they were sent in', async () => {
    const factorId = await giveMailFactor(db, ada.userId);
    const { cookie, code } = await sent(factorId);
    const other = await attemptCookie(db, ada.userId, 'factor');
    assert.equal(codeOf(await show(other, code)), 'signin.proof-refused', 'another attempt');
    await show(cookie, code);
    await db.asOwner('delete from factor where user_id = $1', [ada.userId]);
    const [one, two] = [await Browser.signIn(http, ada), await Browser.signIn(http, ada)];
    await giveMailFactorAgain(factorId);
    await db.asOwner('delete from one_time_code');
    assert.equal((await one.call(sendElevationCode, { body: { factorId } })).statusCode, 204);
    const elevating = { kind: 'email', code: newestCode() } as const;
    assert.equal(
      codeOf(await two.call(elevate, { body: elevating })),
      'signin.proof-refused',
      'another session',
    );
    const third = await attemptCookie(db, ada.userId, 'factor');
    assert.equal(codeOf(await show(third, elevating.code)), 'signin.proof-refused', 'another purpose');
    assert.equal((await one.call(elevate, { body: elevating })).statusCode, 200);
  });

  it('attack 19: are refused a second after their ten minutes', async () => {
    const { cookie, code } = await sent(await giveMailFactor(db, ada.userId));
    await db.asOwner("update one_time_code set expires_at = expires_at - interval '10 minutes 1 second'");
    assert.equal(codeOf(await show(cookie, code)), 'signin.proof-refused');
    const next = await sent(await giveMailFactor(db, ada.userId));
    await db.asOwner("update one_time_code set expires_at = expires_at - interval '9 minutes 50 seconds'");
    assert.equal((await show(next.cookie, next.code)).statusCode, 201);
  });

  it('attack 21: are sent three times in ten minutes and ten times a day, whatever comes at once', async () => {
    const factorId = await giveMailFactor(db, ada.userId);
    const cookie = await attemptCookie(db, ada.userId, 'factor');
    const before = mail.received.length;
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(cookie, factorId)));
    assert.equal(answers.filter(({ statusCode }) => statusCode === 204).length, 3);
    assert.equal(mail.received.length - before, 3);
    await db.asOwner("update one_time_code set created_at = created_at - interval '11 minutes'");
    for (let round = 0; round < 3; round += 1) {
      for (let each = 0; each < 3; each += 1) await send(cookie, factorId);
      await db.asOwner("update one_time_code set created_at = created_at - interval '11 minutes'");
    }
    assert.equal(mail.received.length - before, 10);
    assert.equal(codeOf(await send(cookie, factorId)), 'signin.too-many-codes');
  });

  it('say so when they cannot be sent, and hold nothing of what the server said', async () => {
    const factorId = await giveMailFactor(db, ada.userId);
    const cookie = await attemptCookie(db, ada.userId, 'factor');
    mail.refusals.push(550);
    assert.equal(codeOf(await send(cookie, factorId)), 'signin.code-not-sent');
  });

  describe('to a mobile', () => {
    const add = async (number: string) => {
      const browser = await Browser.signIn(http, ada);
      const answer = await browser.call(beginFactor, { body: { kind: 'sms', name: 'Mobile', number } });
      return { browser, answer };
    };

    it('let a number count once it has been shown to be theirs, and only then', async () => {
      const { browser, answer } = await add('+46700000001');
      const { id } = answer.json<BegunFactor>();
      const text = sms.received.at(-1);
      assert.equal(text?.to, '+46700000001');
      assert.match(sms.bodies.at(-1) ?? '', /dontlog=message/);
      const cookie = await attemptCookie(db, ada.userId, 'factor');
      assert.equal(codeOf(await send(cookie, id)), 'not-found', 'not shown yet');
      const code = /\b\d{6}\b/.exec(text?.message ?? '')?.[0] ?? '';
      const params = { factorId: id };
      assert.equal((await browser.call(confirmFactor, { params, body: { code } })).statusCode, 200);
      assert.equal((await send(cookie, id)).statusCode, 204);
      const next = /\b\d{6}\b/.exec(sms.received.at(-1)?.message ?? '')?.[0] ?? '';
      assert.equal((await show(cookie, next, 'sms')).statusCode, 201);
      const { rows } = await db.asOwner<{ text: string }>(
        'select string_agg(f::text, $1) as text from factor f',
        [' '],
      );
      const hex = Buffer.from('+46700000001').toString('hex');
      assert.ok(!rows[0]?.text.includes('700000001') && !rows[0]?.text.includes(hex), 'the number is sealed');
    });

    it('attack 21: go to countries that the operator has named, and so many in an hour, ten a day to one number, and the log tells when there are more', async () => {
      const before = sms.received.length;
      for (const number of ['+19005550100', '+881600000000'])
        assert.equal(codeOf((await add(number)).answer), 'request.invalid');
      assert.equal(sms.received.length, before);
      const number = '+46700000021';
      for (let each = 0; each < 12; each += 1) {
        ada = await testUser(db, accountId, { roles: ['agent'], password });
        await add(number);
      }
      assert.equal(sms.received.filter(({ to }) => to === number).length, 10, 'rotating users');
      await db.asOwner(
        `update installation_settings_version set body = body || '{"sms.most-per-hour": 1}'::jsonb`,
      );
      lines.length = 0;
      assert.equal(codeOf((await add('+46700000022')).answer), 'signin.code-not-sent');
      const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      assert.deepEqual(
        told.map(({ level, event, code }) => [level, event, code]),
        [['warn', 'sign-in-message-not-sent', 'too-many-per-hour']],
      );
      assert.doesNotMatch(lines.join(''), /70000002/);
      assert.ok(!sms.received.some(({ to }) => to === '+46700000022'));
    });
  });

  async function giveMailFactorAgain(factorId: string): Promise<void> {
    await db.asOwner("insert into factor (id, user_id, kind, name) values ($1, $2, 'email', 'Mail')", [
      factorId,
      ada.userId,
    ]);
  }
});
