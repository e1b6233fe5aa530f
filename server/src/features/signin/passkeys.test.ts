import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  beginFactor,
  confirmFactor,
  continueSignIn,
  elevate,
  signIn,
  startElevationByPasskey,
  startPasskeySignIn,
  type BegunFactor,
  type Session,
  type SignInStep,
} from '@samtal/contract/signin';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { Authenticator } from '../../../test/authenticator.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, codeOf, cookieOf, request, testHttp, testPublicUrl } from '../../../test/requests.ts';
import type { HttpServer } from '../../platform/http/index.ts';

const password = 'the correct horse and its battery';

describe('passkeys', () => {
  let db: TestDatabase;
  let http: HttpServer;
  let accountId: string;
  let ada: TestPerson;
  let key: Authenticator;

  before(async () => {
    db = await createTestDatabase();
    http = testHttp(db);
    accountId = await testAccount(db);
  });
  beforeEach(async () => {
    ada = await testUser(db, accountId, { roles: ['administrator'], password });
    key = new Authenticator(testPublicUrl.origin);
  });
  after(async () => {
    await http.close(0);
    await db.close();
  });

  /** Adds a passkey to a person in a new session, by whatever the authenticator answers. */
  const add = async (answer: (options: unknown) => Record<string, unknown>, person = ada) => {
    const browser = await Browser.signIn(http, person);
    const begun = await browser.call(beginFactor, { body: { kind: 'passkey', name: 'Key' } });
    const { id, passkey } = begun.json<BegunFactor>();
    return await browser.call(confirmFactor, {
      params: { factorId: id },
      body: { answer: answer(passkey) },
    });
  };
  const added = async (person = ada) => {
    const answer = await add((options) => key.create(options), person);
    assert.equal(answer.statusCode, 200, answer.body);
  };
  const ask = async (cookie = '') => {
    const answer = await request(http, startPasskeySignIn, { headers: { cookie } });
    const { options } = answer.json<{ options: Record<string, unknown> }>();
    return { options, cookie: answer.headers['set-cookie'] === undefined ? cookie : cookieOf(answer) };
  };
  const show = (cookie: string, answer: Record<string, unknown>) =>
    request(http, continueSignIn, { input: { body: { kind: 'passkey', answer } }, headers: { cookie } });

  it('are asked for with who holds them shown, and belong to the host of the public address', async () => {
    const browser = await Browser.signIn(http, ada);
    const begun = await browser.call(beginFactor, { body: { kind: 'passkey', name: 'Key' } });
    const passkey = begun.json<BegunFactor>().passkey as {
      rp: { id: string };
      authenticatorSelection: Record<string, unknown>;
    };
    assert.equal(passkey.rp.id, testPublicUrl.hostname);
    assert.equal(passkey.authenticatorSelection['userVerification'], 'required');
    assert.equal(passkey.authenticatorSelection['residentKey'], 'required');
  });

  it('are not taken from another origin, without showing who holds it, or twice', async () => {
    for (const answer of [
      (options: unknown) => key.create(options, { origin: 'https://evil.example' }),
      (options: unknown) => key.create(options, { verified: false }),
      () => key.create({ challenge: 'AAAA', rp: { id: testPublicUrl.hostname } }),
      () => ({ id: 7, response: 'nonsense' }),
    ])
      assert.equal(codeOf(await add(answer)), 'signin.proof-refused');
    await added();
    const eve = await testUser(db, accountId, { roles: ['agent'], password });
    assert.equal(codeOf(await add((options) => key.create(options), eve)), 'signin.proof-refused');
  });

  it('are the second factor after the password', async () => {
    await added();
    const first = await request(http, signIn, { input: { body: { email: ada.email, password } } });
    assert.deepEqual(
      first.json<SignInStep>().factors.map(({ kind }) => kind),
      ['passkey'],
    );
    const { options, cookie } = await ask(cookieOf(first));
    assert.deepEqual(
      (options['allowCredentials'] as { id: string }[]).map(({ id }) => id),
      [key.id],
    );
    assert.equal((await show(cookie, key.get(options))).statusCode, 201);
  });

  it('sign in by themselves, as whoever they belong to', async () => {
    await added();
    const { options, cookie } = await ask();
    assert.equal(options['allowCredentials'], undefined, 'nobody is known yet');
    const answer = await show(cookie, key.get(options));
    assert.equal(answer.json<Session>().user.email, ada.email);
  });

  it('are good once for what was asked, from this origin, with their holder shown, and with a counter that grows', async () => {
    await added();
    const attempt = async (answer: (options: Record<string, unknown>) => Record<string, unknown>) => {
      const { options, cookie } = await ask();
      return await show(cookie, answer(options));
    };
    const foreign = await attempt((options) => key.get(options, { origin: 'https://evil.example' }));
    assert.equal(codeOf(foreign), 'signin.proof-refused');
    assert.equal(
      codeOf(await attempt((options) => key.get(options, { verified: false }))),
      'signin.proof-refused',
    );
    const other = new Authenticator(testPublicUrl.origin);
    assert.equal(codeOf(await attempt((options) => other.get(options))), 'signin.proof-refused', 'unknown');
    const forged = await attempt((options) => ({ ...other.get(options), id: key.id, rawId: key.id }));
    assert.equal(codeOf(forged), 'signin.proof-refused');
    assert.equal((await attempt((options) => key.get(options, { counter: 50 }))).statusCode, 201);
    assert.equal(
      codeOf(await attempt((options) => key.get(options, { counter: 50 }))),
      'signin.proof-refused',
      'a copy',
    );
    const { options, cookie } = await ask();
    const answer = key.get(options, { counter: 60 });
    const both = await Promise.all([show(cookie, answer), show(cookie, answer)]);
    assert.deepEqual(both.map(({ statusCode }) => String(statusCode)).toSorted(), ['201', '403']);
  });

  it('of somebody else neither sign in nor elevate', async () => {
    await added();
    const eve = await testUser(db, accountId, { roles: ['administrator'], password });
    const browser = await Browser.signIn(http, eve);
    const { options } = (await browser.call(startElevationByPasskey, {})).json<{ options: object }>();
    const body = { kind: 'passkey', answer: key.get(options) } as const;
    assert.equal(codeOf(await browser.call(elevate, { body })), 'signin.proof-refused');
  });

  it('elevate a session, in which they were asked for', async () => {
    await added();
    const { options, cookie } = await ask();
    const session = await show(cookie, key.get(options));
    const browser = new Browser(http, cookieOf(session), session.json<Session>().csrfToken);
    const asked = (await browser.call(startElevationByPasskey, {})).json<{ options: object }>();
    const stale = await ask();
    const prove = (options: object) =>
      browser.call(elevate, { body: { kind: 'passkey', answer: key.get(options) } });
    assert.equal((await prove(asked.options)).statusCode, 200);
    assert.equal(codeOf(await prove(stale.options)), 'signin.proof-refused', 'asked for signing in');
  });
});
