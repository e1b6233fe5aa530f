import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  askForRenewal,
  completeRenewal,
  openRenewal,
  sendRenewalCode,
  signIn,
} from '@samtal/contract/signin';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { giveApp } from '../../../test/factors.ts';
import { startMailServer, type TestMailServer } from '../../../test/mail-server.ts';
import { setUpMail } from '../../../test/mail-settings.ts';
import { Browser, codeOf, messagesSent, request, testHttp, testPublicUrl } from '../../../test/requests.ts';
import { setSettings } from '../../../test/settings.ts';
import type { HttpServer } from '../../platform/http/index.ts';

const password = 'the correct horse and its battery';
const next = 'quite another set of words';

describe('renewing a forgotten password', () => {
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
    ada = await testUser(db, accountId, { roles: ['administrator'], password });
    await messagesSent(http);
    mail.received.length = 0;
  });
  after(async () => {
    await http.close(0);
    await messagesSent(http);
    await mail.close();
    await db.close();
  });

  const ask = async (email: string, headers: Record<string, string> = {}) => {
    const answer = await request(http, askForRenewal, { input: { body: { email } }, headers });
    await messagesSent(http);
    return answer;
  };
  const tokenIn = (text = mail.received.at(-1)?.text ?? '') => /#([\w-]{43})/.exec(text)?.[1] ?? '';
  const complete = (token: string, chosen = next, proof: object | null = null) =>
    request(http, completeRenewal, { input: { body: { token, password: chosen, proof } } });
  const knows = async (given: string) =>
    (await request(http, signIn, { input: { body: { email: ada.email, password: given } } })).statusCode ===
    201;

  it('takes a mailed link, once, ends every session and tells by mail', async () => {
    const browser = await Browser.signIn(http, ada);
    await ask(ada.email.toUpperCase());
    const token = tokenIn();
    const opened = await request(http, openRenewal, { input: { body: { token } } });
    assert.deepEqual(opened.json(), { email: ada.email, passwordMinLength: 12, proof: null });
    assert.equal(codeOf(await complete(token, 'password1234')), 'signin.password-weak');
    const answers = await Promise.all(Array.from({ length: 4 }, () => complete(token)));
    assert.equal(answers.filter(({ statusCode }) => statusCode === 204).length, 1, 'once');
    assert.ok(!(await browser.isSignedIn()));
    await messagesSent(http);
    assert.equal(mail.received.length, 2);
    assert.doesNotMatch(mail.received[1]?.text ?? '', /#/);
    assert.deepEqual([await knows(password), await knows(next)], [false, true]);
    const { rows } = await db.asOwner<{ text: string }>(
      'select string_agg(c::text, $1) as text from one_time_code c',
      [' '],
    );
    assert.ok(!rows[0]?.text.includes(token));
  });

  it('attack 24: answers alike whether somebody has the address or not, and sends to nobody else', async () => {
    await testUser(db, accountId, { roles: ['agent'], email: 'passwordless@example.org' });
    const known = await ask(ada.email);
    for (const email of ['nobody@example.org', 'passwordless@example.org']) {
      const unknown = await ask(email);
      assert.deepEqual([unknown.statusCode, unknown.body], [known.statusCode, known.body]);
    }
    assert.deepEqual(
      mail.received.map(({ to }) => to),
      [[ada.email]],
    );
  });

  it('attack 47: leads to the configured address, whatever a request says of its host', async () => {
    await ask(ada.email, {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    });
    const [sent] = mail.received;
    assert.ok(sent?.text.includes(`${testPublicUrl.origin}/renewal#`));
    assert.ok(!sent?.raw.includes('evil'));
  });

  it('refuses links that are late, old, made up or of somebody who may not work here any more', async () => {
    await ask(ada.email);
    const first = tokenIn();
    await ask(ada.email);
    const second = tokenIn();
    assert.equal(codeOf(await complete(first)), 'signin.renewal-invalid', 'a newer one was sent');
    assert.equal(codeOf(await complete('A'.repeat(43))), 'signin.renewal-invalid');
    await db.asOwner("update one_time_code set expires_at = expires_at - interval '30 minutes 1 second'");
    assert.equal(codeOf(await complete(second)), 'signin.renewal-invalid', 'late');
    assert.ok(await knows(password));
  });

  it('sends three links in ten minutes, whoever asks', async () => {
    for (let each = 0; each < 5; each += 1) assert.equal((await ask(ada.email)).statusCode, 204);
    assert.equal(mail.received.length, 3);
  });

  it('takes a code beside the link where an account says so: of what the person has, or by a second mail', async () => {
    await setSettings(db, accountId, { 'signin.renewal-with-code': true });
    await ask(ada.email);
    const token = tokenIn();
    assert.equal(codeOf(await complete(token)), 'signin.proof-refused');
    await request(http, sendRenewalCode, { input: { body: { token, factorId: null } } });
    const code = /\b\d{6}\b/.exec(mail.received.at(-1)?.text ?? '')?.[0] ?? '';
    const app = await giveApp(db, ada.userId);
    const byMail = await request(http, sendRenewalCode, { input: { body: { token, factorId: null } } });
    assert.equal(codeOf(byMail), 'not-found', 'there is something better now');
    assert.equal(
      codeOf(await complete(token, next, { kind: 'totp', code: '000000' })),
      'signin.proof-refused',
    );
    assert.equal((await complete(token, next, { kind: 'totp', code: app.code() })).statusCode, 204);
    assert.match(code, /^\d{6}$/);
  });
});
