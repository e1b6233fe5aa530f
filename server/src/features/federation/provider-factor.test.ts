import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createIdentityProvider, linkUser, type SamlProvider } from '@samtal/contract/federation';
import {
  beginFirstFactor,
  continueSignIn,
  endOtherSessions,
  endOwnSession,
  getSession,
  getSignInStep,
  listOwnSessions,
  startPasskeySignIn,
  type Session,
  type SignInStep,
} from '@samtal/contract/signin';
import type { LightMyRequestResponse } from 'fastify';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { giveApp } from '../../../test/factors.ts';
import { TestIdentityProvider } from '../../../test/identity-provider.ts';
import { Browser, codeOf, cookieOf, request, testHttp, testPublicUrl } from '../../../test/requests.ts';
import { setSettings } from '../../../test/settings.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { Outbound } from '../../platform/outbound/index.ts';
import { federationPages, OidcClients, SamlVerifier, verifyDomain } from './index.ts';
import { federationRoutes } from './routes.ts';

const password = 'the correct horse and its battery';
const mfa = 'https://refeds.org/profile/mfa';

describe('a second factor at the identity provider', () => {
  let db: TestDatabase;
  let http: HttpServer;
  const verifier = new SamlVerifier();
  let idp: TestIdentityProvider;
  let accountId: string;
  let ada: TestPerson;
  let adas: Browser;
  let vera: TestPerson;
  let provider: SamlProvider;
  let number = 0;

  before(async () => {
    db = await createTestDatabase();
    const { database, keyring } = db;
    const oidcClients = new OidcClients({ outbound: new Outbound({ networks: [] }), keyring });
    const parts = { database, keyring, publicUrl: testPublicUrl, oidcClients };
    http = testHttp(db, (registered) => federationRoutes(registered, parts));
    await federationPages(http.fastify, { ...parts, verifier, sessionsEnded: () => undefined });
    idp = await TestIdentityProvider.make();
  });
  beforeEach(async () => {
    number += 1;
    accountId = await testAccount(db);
    const domain = `almvik${number}.example`;
    ada = await testUser(db, accountId, { roles: ['administrator'], password });
    vera = await testUser(db, accountId, { roles: ['agent'], password, email: `vera@${domain}` });
    adas = await Browser.signIn(http, ada);
    await db.database.transaction('platform', (tx) => verifyDomain(tx, accountId, domain));
    const made = await adas.call(createIdentityProvider, {
      params: { accountId },
      body: idp.agreement(domain),
    });
    provider = made.json<SamlProvider>();
    const params = { accountId, providerId: provider.id, userId: vera.userId };
    assert.equal((await adas.call(linkUser, { params })).statusCode, 204);
  });
  after(async () => {
    await http.close(0);
    await verifier.stop();
    await db.close();
  });

  /** Vera comes by the provider, which states this class or the usual one; with a cookie, to have that session elevated. */
  async function come(context?: string, elevates = ''): Promise<LightMyRequestResponse> {
    const { pathname } = new URL(provider.own.signInUrl);
    const begun = await http.fastify.inject({
      url: elevates === '' ? pathname : `${pathname}?elevate=1`,
      headers: { cookie: elevates },
    });
    const { id, relay } = idp.receive(String(begun.headers.location), provider.own.certificate);
    const response = idp.respond({
      requestId: id,
      answerUrl: provider.own.answerUrl,
      audience: provider.own.entityId,
      email: vera.email,
      subject: vera.userId,
      ...(context === undefined ? {} : { context }),
    });
    const form = { SAMLResponse: Buffer.from(response).toString('base64'), RelayState: relay };
    return await http.fastify.inject({
      method: 'POST',
      url: new URL(provider.own.answerUrl).pathname,
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: cookieOf(begun) },
      payload: new URLSearchParams(form).toString(),
    });
  }
  const sessionAt = async (answer: LightMyRequestResponse) =>
    await request(http, getSession, { headers: { cookie: cookieOf(answer) } });
  const hasSession = async (answer: LightMyRequestResponse) => (await sessionAt(answer)).statusCode === 200;
  const lastReason = async () => {
    const { rows } = await db.asOwner<{ reason: string | null }>(
      'select last_refusal as reason from identity_provider where id = $1',
      [provider.id],
    );
    return rows[0]?.reason;
  };
  const shownIn = async () => {
    const { rows } = await db.asOwner<{ shown: boolean }>(
      'select second_factor_at is not null as shown from session where user_id = $1 order by created_at desc limit 1',
      [vera.userId],
    );
    return rows[0]?.shown;
  };

  it('meets what the account demands where the provider states it, and not otherwise', async () => {
    await setSettings(db, accountId, { 'signin.second-factor': 'required' });
    assert.ok(await hasSession(await come(mfa)));
    assert.equal(await shownIn(), true);
    const refused = await come();
    assert.equal(refused.statusCode, 403);
    assert.equal(refused.headers['set-cookie'], undefined);
    assert.equal(await lastReason(), 'second-factor');
  });

  it('is never enough where the account says never, and always where it says always', async () => {
    await setSettings(db, accountId, {
      'signin.second-factor': 'required',
      'signin.provider-factor': 'never',
    });
    assert.equal((await come(mfa)).statusCode, 403);
    await setSettings(db, accountId, { 'signin.provider-factor': 'always' });
    assert.ok(await hasSession(await come()));
    assert.equal(await shownIn(), true);
  });

  it('is not asked for where the account demands none', async () => {
    assert.ok(await hasSession(await come()));
    assert.equal(await shownIn(), false);
  });

  it('is no second factor when a session is elevated, unless it counts', async () => {
    const cookie = cookieOf(await come());
    const state = async () => {
      const session = await request(http, getSession, { headers: { cookie } });
      return [session.json<Session>().elevatedUntil !== null, await shownIn()];
    };
    // Where none is demanded, one factor is enough to elevate, and makes up for no address.
    assert.equal((await come(undefined, cookie)).statusCode, 200);
    assert.deepEqual(await state(), [true, false]);
    await db.asOwner('update session set elevated_until = null, elevated_by = null where user_id = $1', [
      vera.userId,
    ]);
    await setSettings(db, accountId, { 'signin.second-factor': 'required' });
    assert.equal((await come(undefined, cookie)).statusCode, 403);
    assert.equal(await lastReason(), 'second-factor');
    assert.deepEqual(await state(), [false, false]);
    assert.equal((await come(mfa, cookie)).statusCode, 200);
    assert.deepEqual(await state(), [true, true]);
  });

  it('is made up for by no kind that the account does not count, neither on coming nor later', async () => {
    const app = await giveApp(db, vera.userId);
    await setSettings(db, accountId, { 'signin.second-factor': 'required' });
    const begun = await come();
    assert.equal(begun.statusCode, 200);
    await setSettings(db, accountId, { 'signin.second-factors-allowed': [] });
    const late = await request(http, continueSignIn, {
      input: { body: { kind: 'totp', code: app.code() } },
      headers: { cookie: cookieOf(begun) },
    });
    assert.equal(codeOf(late), 'signin.attempt-over');
    assert.equal(late.headers['set-cookie'], undefined);
    const refused = await come();
    assert.equal(refused.statusCode, 403);
    assert.equal(await lastReason(), 'second-factor');
    await setSettings(db, accountId, { 'signin.second-factors-allowed': ['totp'] });
    assert.equal((await come()).statusCode, 200);
  });

  it('lists and ends no session that reaches further than the one that it began', async () => {
    const wide = await Browser.signIn(http, vera);
    const [first, second] = [cookieOf(await come()), cookieOf(await come())];
    const { csrfToken } = (await request(http, getSession, { headers: { cookie: first } })).json<Session>();
    const here = new Browser(http, first, csrfToken);
    const idsFrom = async (from: Browser) =>
      (await from.call(listOwnSessions, {})).json<{ items: { id: string; isCurrent: boolean }[] }>().items;
    assert.equal((await idsFrom(here)).length, 2);
    const widest = (await idsFrom(wide)).find(({ isCurrent }) => isCurrent)?.id ?? '';
    assert.equal((await idsFrom(wide)).length, 3);
    assert.equal(codeOf(await here.call(endOwnSession, { params: { sessionId: widest } })), 'not-found');
    assert.equal((await here.call(endOtherSessions, {})).statusCode, 204);
    assert.ok(await wide.isSignedIn());
    assert.ok(await here.isSignedIn());
    assert.equal((await request(http, getSession, { headers: { cookie: second } })).statusCode, 401);
  });

  it('is asked for here of who has one, and leads to a session of that account alone', async () => {
    const other = await testAccount(db, 'Bergvik');
    await db.asOwner(
      `insert into membership (account_id, user_id, email, name, status)
       select $1, user_id, email, name, 'active' from membership where account_id = $2 and user_id = $3`,
      [other, accountId, vera.userId],
    );
    const app = await giveApp(db, vera.userId);
    await setSettings(db, accountId, { 'signin.second-factor': 'required' });
    const answer = await come();
    assert.equal(answer.statusCode, 200);
    assert.match(answer.body, /url=\/sign-in\?step=true/);
    assert.ok(!(await hasSession(answer)), 'none yet');
    const headers = { cookie: cookieOf(answer) };
    const step = await request(http, getSignInStep, { headers });
    assert.deepEqual(
      step.json<SignInStep>().factors.map(({ kind }) => kind),
      ['totp'],
    );
    const show = async (code: string) =>
      await request(http, continueSignIn, { input: { body: { kind: 'totp', code } }, headers });
    assert.equal(codeOf(await show(app.code(5))), 'signin.proof-refused');
    const session = (await sessionAt(await show(app.code()))).json<Session>();
    assert.equal(session.providerId, provider.id);
    assert.deepEqual(
      session.accounts.map(({ id }) => id),
      [accountId],
    );
    assert.equal(await shownIn(), true);
    assert.equal(codeOf(await show(app.code(1))), 'signin.attempt-over');
  });

  it('adds nothing to sign in with on the way, and is over with the provider', async () => {
    await giveApp(db, vera.userId);
    await setSettings(db, accountId, { 'signin.second-factor': 'required' });
    const headers = { cookie: cookieOf(await come()) };
    const added = await request(http, beginFirstFactor, {
      input: { body: { kind: 'passkey', name: 'Key' } },
      headers,
    });
    assert.equal(codeOf(added), 'signin.attempt-over');
    await db.asOwner('delete from identity_provider where id = $1', [provider.id]);
    assert.equal(codeOf(await request(http, getSignInStep, { headers })), 'signin.attempt-over');
  });

  it('tells of no step without an attempt of a known person', async () => {
    assert.equal(codeOf(await request(http, getSignInStep, {})), 'signin.attempt-over');
    const passkey = await request(http, startPasskeySignIn, {});
    const headers = { cookie: cookieOf(passkey) };
    assert.equal(codeOf(await request(http, getSignInStep, { headers })), 'signin.attempt-over');
  });
});
