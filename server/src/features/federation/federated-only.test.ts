import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createIdentityProvider, findSignIn, linkUser, type SamlProvider } from '@samtal/contract/federation';
import { changeSettings } from '@samtal/contract/settings';
import {
  acceptInvitation,
  askForRenewal,
  beginFactor,
  beginFirstFactor,
  confirmFactor,
  continueSignIn,
  elevate,
  getSession,
  openRenewal,
  sendSignInCode,
  signIn,
  startPasskeySignIn,
  type BegunFactor,
  type Session,
  type SignInStep,
} from '@samtal/contract/signin';
import { inviteUser } from '../users/index.ts';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { Authenticator } from '../../../test/authenticator.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { attemptCookie, giveApp, giveMailFactor, type TestApp } from '../../../test/factors.ts';
import { TestIdentityProvider } from '../../../test/identity-provider.ts';
import { startMailServer, type TestMailServer } from '../../../test/mail-server.ts';
import { setUpMail } from '../../../test/mail-settings.ts';
import {
  Browser,
  codeOf,
  cookieOf,
  messagesSent,
  request,
  testHttp,
  testPublicUrl,
} from '../../../test/requests.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { settingsRoutes } from '../settings/routes.ts';
import { Outbound } from '../../platform/outbound/index.ts';
import { federationPages, OidcClients, SamlVerifier, verifyDomain } from './index.ts';
import { federationRoutes } from './routes.ts';

const password = 'the correct horse and its battery';

describe('signing in at the identity provider alone', () => {
  let db: TestDatabase;
  let http: HttpServer;
  let mail: TestMailServer;
  const verifier = new SamlVerifier();
  let idp: TestIdentityProvider;
  let accountId: string;
  /** An administrator with an app, who may come in all the same. */
  let ada: TestPerson;
  let adas: Browser;
  let app: TestApp;
  /** Another administrator: bound like everybody. */
  let vera: TestPerson;
  let provider: SamlProvider;
  let number = 0;

  before(async () => {
    db = await createTestDatabase();
    mail = await startMailServer();
    await setUpMail(db, mail);
    const { database, keyring } = db;
    const oidcClients = new OidcClients({ outbound: new Outbound({ networks: [] }), keyring });
    const parts = { database, keyring, publicUrl: testPublicUrl, oidcClients };
    http = testHttp(db, (registered) => {
      federationRoutes(registered, parts);
      settingsRoutes(registered, {
        database: db.database,
        judge: async () => [],
        whereChanged: () => undefined,
      });
    });
    await federationPages(http.fastify, { ...parts, verifier, sessionsEnded: () => undefined });
    idp = await TestIdentityProvider.make();
  });
  beforeEach(async () => {
    number += 1;
    accountId = await testAccount(db);
    ada = await testUser(db, accountId, { roles: ['administrator'], password });
    vera = await testUser(db, accountId, {
      roles: ['administrator'],
      password,
      email: `vera${number}@almvik${number}.example`,
    });
    adas = await Browser.signIn(http, ada);
    const domain = `almvik${number}.example`;
    await db.database.transaction('platform', (tx) => verifyDomain(tx, accountId, domain));
    const made = await adas.call(createIdentityProvider, {
      params: { accountId },
      body: idp.agreement(domain),
    });
    provider = made.json<SamlProvider>();
    app = await giveApp(db, ada.userId);
    // From now on the password confirms nothing of hers any more.
    await db.asOwner("update session set elevated_by = 'totp', second_factor_at = now() where user_id = $1", [
      ada.userId,
    ]);
    mail.received.length = 0;
  });
  after(async () => {
    await http.close(0);
    await messagesSent(http);
    await verifier.stop();
    await mail.close();
    await db.close();
  });

  let version = 0;
  const set = async (values: Record<string, unknown>, by = adas) => {
    const { rows } = await db.asOwner<{ version: number }>(
      `select coalesce(max(version), 0)::int as version from configuration_version
       where account_id = $1 and kind = 'settings'`,
      [accountId],
    );
    version = rows[0]?.version ?? 0;
    return await by.call(changeSettings, {
      params: { accountId },
      body: { channelId: null, version, set: values, unset: [], reason: 'A test' },
    });
  };
  const switchOn = async (named = [ada.userId]) => {
    const answer = await set({ 'signin.federated-only': true, 'signin.break-glass-users': named });
    assert.equal(answer.statusCode, 200, answer.body);
  };
  const knock = async (person: TestPerson, given = person.password) =>
    await request(http, signIn, { input: { body: { email: person.email, password: given } } });
  const show = async (cookie: string, body: object) =>
    await request(http, continueSignIn, { input: { body }, headers: { cookie } });
  const lastReason = async () => {
    const { rows } = await db.asOwner<{ body: string }>(
      `select body from (select id as at, body from audit_outbox where body like '%signin.failed%') each order by at desc limit 1`,
    );
    return (JSON.parse(rows[0]?.body ?? '{}') as { details?: { reason: string } }).details?.reason;
  };
  const byProvider = async (person: TestPerson) => {
    const params = { accountId, providerId: provider.id, userId: person.userId };
    assert.equal((await adas.call(linkUser, { params })).statusCode, 204);
    const begun = await http.fastify.inject({ url: new URL(provider.own.signInUrl).pathname });
    const { id, relay } = idp.receive(String(begun.headers.location), provider.own.certificate);
    const response = idp.respond({
      requestId: id,
      answerUrl: provider.own.answerUrl,
      audience: provider.own.entityId,
      email: person.email,
      subject: person.userId,
    });
    const form = { SAMLResponse: Buffer.from(response).toString('base64'), RelayState: relay };
    return await http.fastify.inject({
      method: 'POST',
      url: new URL(provider.own.answerUrl).pathname,
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: cookieOf(begun) },
      payload: new URLSearchParams(form).toString(),
    });
  };

  it('refuses a right password like a wrong one, and lets in by the provider', async () => {
    assert.equal((await knock(vera)).statusCode, 201);
    await switchOn();
    const [right, wrong] = [await knock(vera), await knock(vera, 'quite another set of words')];
    assert.deepEqual([right.statusCode, codeOf(right)], [wrong.statusCode, codeOf(wrong)]);
    assert.equal(codeOf(right), 'signin.refused');
    assert.equal(right.headers['set-cookie'], undefined);
    const answer = await byProvider(vera);
    assert.equal(answer.statusCode, 200);
    const session = await request(http, getSession, { headers: { cookie: cookieOf(answer) } });
    assert.equal(session.json<Session>().user.id, vera.userId);
  });

  it('says on the trail why, and to whoever asks about the domain where to go', async () => {
    const ask = async () =>
      (await request(http, findSignIn, { input: { body: { email: vera.email } } })).json<object>();
    assert.deepEqual(await ask(), { signInUrl: provider.own.signInUrl, only: false });
    await switchOn();
    await knock(vera);
    assert.equal(await lastReason(), 'federated-only');
    assert.deepEqual(await ask(), { signInUrl: provider.own.signInUrl, only: true });
  });

  it('ends sessions that began otherwise, and keeps those of the exceptions that showed a second factor', async () => {
    const hers = await Browser.signIn(http, vera);
    assert.ok(await hers.isSignedIn());
    await switchOn();
    assert.ok(!(await hers.isSignedIn()));
    assert.ok(await adas.isSignedIn());
    // An exception is made for who shows a second factor, and she has shown none.
    await switchOn([ada.userId, vera.userId]);
    assert.ok(!(await hers.isSignedIn()));
    await db.asOwner('update session set second_factor_at = now() where user_id = $1', [vera.userId]);
    assert.ok(await hers.isSignedIn());
  });

  it('refuses the second step of what began before: a code of an app, one by mail, a first factor', async () => {
    const veras = await giveApp(db, vera.userId);
    const mailFactor = await giveMailFactor(db, vera.userId);
    const cookie = await attemptCookie(db, vera.userId, 'factor');
    const enrolling = await attemptCookie(db, vera.userId, 'enrol');
    await switchOn();
    const body = { factorId: mailFactor };
    const sent = await request(http, sendSignInCode, { input: { body }, headers: { cookie } });
    assert.equal(codeOf(sent), 'signin.attempt-over');
    const shown = await show(cookie, { kind: 'totp', code: veras.code() });
    assert.equal(codeOf(shown), 'signin.attempt-over');
    assert.equal(shown.headers['set-cookie'], undefined);
    const begun = await request(http, beginFirstFactor, {
      input: { body: { kind: 'email', name: 'Mail' } },
      headers: { cookie: enrolling },
    });
    assert.equal(codeOf(begun), 'signin.attempt-over');
  });

  it('refuses a passkey', async () => {
    const key = new Authenticator(testPublicUrl.origin);
    const hers = await Browser.signIn(http, vera);
    const adding = await hers.call(beginFactor, { body: { kind: 'passkey', name: 'Key' } });
    const { id, passkey } = adding.json<BegunFactor>();
    await hers.call(confirmFactor, { params: { factorId: id }, body: { answer: key.create(passkey) } });
    const come = async () => {
      const asked = await request(http, startPasskeySignIn, {});
      const { options } = asked.json<{ options: Record<string, unknown> }>();
      return await show(cookieOf(asked), { kind: 'passkey', answer: key.get(options) });
    };
    assert.equal((await come()).statusCode, 201);
    await switchOn();
    const refused = await come();
    assert.equal(codeOf(refused), 'signin.federated-only');
    assert.equal(refused.headers['set-cookie'], undefined);
  });

  it('mails no link to renew a password, and opens none that was mailed before', async () => {
    const ask = async () => {
      await request(http, askForRenewal, { input: { body: { email: vera.email } } });
      await messagesSent(http);
    };
    await ask();
    const token = /#([\w-]{43})/.exec(mail.received.at(-1)?.text ?? '')?.[1] ?? '';
    const open = async () => await request(http, openRenewal, { input: { body: { token } } });
    assert.equal((await open()).statusCode, 200);
    await switchOn();
    assert.equal(codeOf(await open()), 'signin.renewal-invalid');
    mail.received.length = 0;
    await ask();
    assert.equal(mail.received.length, 0);
  });

  it('lets nobody accept an invitation by a password', async () => {
    const { invitation } = await db.database.transaction(accountId, (tx) =>
      inviteUser(tx, accountId, {
        actor: { kind: 'operator' },
        user: { email: `new${number}@example.org`, name: 'New' },
      }),
    );
    await switchOn();
    const answer = await request(http, acceptInvitation, {
      input: { body: { token: invitation.token, name: 'New', password } },
    });
    assert.equal(codeOf(answer), 'signin.federated-only');
  });

  it('elevates no session of the provider by a password', async () => {
    await switchOn();
    const answer = await byProvider(vera);
    const headers = { cookie: cookieOf(answer) };
    const { csrfToken } = (await request(http, getSession, { headers })).json<Session>();
    const elevated = await request(http, elevate, {
      input: { body: { kind: 'password', password } },
      headers: { ...headers, 'x-csrf-token': csrfToken },
    });
    assert.equal(codeOf(elevated), 'signin.proof-refused');
  });

  it('elevates a session of the provider by a factor of the person’s own', async () => {
    const hers = await giveApp(db, vera.userId);
    await switchOn();
    const headers = { cookie: cookieOf(await byProvider(vera)) };
    const { csrfToken } = (await request(http, getSession, { headers })).json<Session>();
    const showing = async (code: string) =>
      await request(http, elevate, {
        input: { body: { kind: 'totp', code } },
        headers: { ...headers, 'x-csrf-token': csrfToken },
      });
    assert.equal(codeOf(await showing(hers.code(5))), 'signin.proof-refused');
    assert.equal((await showing(hers.code())).statusCode, 200);
  });

  it('counts for a person in every account of theirs', async () => {
    const other = await testAccount(db, 'Bergvik');
    await db.asOwner(
      `insert into membership (account_id, user_id, email, name, status)
       select $1, user_id, email, name, 'active' from membership where account_id = $2 and user_id = $3`,
      [other, accountId, vera.userId],
    );
    assert.equal((await knock(vera)).statusCode, 201);
    await switchOn();
    assert.equal(codeOf(await knock(vera)), 'signin.refused');
    await db.asOwner("update account set status = 'suspended' where id = $1", [accountId]);
    assert.equal((await knock(vera)).statusCode, 201, 'an account that is suspended binds nobody');
  });

  it('lets in an exception with a second factor alone, on the trail, and tells whoever manages providers', async () => {
    assert.equal((await set({ 'signin.remembered-factor-days': 30 })).statusCode, 200);
    await switchOn([ada.userId, vera.userId]);
    assert.equal(codeOf(await knock(vera)), 'signin.refused', 'she has no second factor');
    const step = await knock(ada);
    assert.equal(step.json<SignInStep>().step, 'factor');
    assert.equal(mail.received.length, 0);
    const come = await show(cookieOf(step), { kind: 'totp', code: app.code() });
    assert.equal(come.statusCode, 201, come.body);
    await messagesSent(http);
    const told = mail.received.filter(({ text }) => /to Almvik .* by emergency access/.test(text));
    assert.deepEqual(told.map(({ to }) => String(to)).toSorted(), [ada.email, vera.email].toSorted());
    const cookies = [come.headers['set-cookie']].flat().map((each) => String(each).split(';')[0]);
    const again = await request(http, signIn, {
      input: { body: { email: ada.email, password } },
      headers: { cookie: cookies.join('; ') },
    });
    assert.equal(again.json<SignInStep>().step, 'factor', 'each time, whatever the browser remembers');
    const { rows } = await db.asOwner<{ account: string | null }>(
      `select account_id as account from audit_outbox where body like '%signin.break-glass-used%' and body like $1`,
      [`%${ada.userId}%`],
    );
    assert.ok(rows.some(({ account }) => account === accountId));
  });

  it('is switched on only while somebody could come in without it, and a provider lets the others in', async () => {
    const refused = async (values: Record<string, unknown>) => codeOf(await set(values));
    const on = (named: string[]) => ({ 'signin.federated-only': true, 'signin.break-glass-users': named });
    const unready = 'settings.federated-only-unready';
    assert.equal(await refused(on([])), unready);
    assert.equal(await refused(on([vera.userId])), unready, 'no second factor');
    const agent = await testUser(db, accountId, { roles: ['agent'], password });
    await giveApp(db, agent.userId);
    assert.equal(await refused(on([agent.userId])), unready, 'could put nothing right');
    const stranger = await testUser(db, await testAccount(db, 'Bergvik'), {
      roles: ['administrator'],
      password,
    });
    await giveApp(db, stranger.userId);
    assert.equal(await refused(on([stranger.userId])), unready, 'of another account');
    await db.asOwner('update identity_provider set active = false where id = $1', [provider.id]);
    assert.equal(await refused(on([ada.userId])), unready, 'no provider in use');
    await db.asOwner('update identity_provider set active = true where id = $1', [provider.id]);
    await switchOn();
    assert.equal(await refused({ 'signin.break-glass-users': [vera.userId] }), unready);
    assert.equal((await set({ 'signin.federated-only': false })).statusCode, 200);
    assert.equal((await set({ 'signin.break-glass-users': [] })).statusCode, 200);
    assert.equal((await knock(vera)).statusCode, 201);
  });

  it('is sensitive', async () => {
    const plain = await Browser.signIn(http, vera, { elevated: false });
    assert.equal(
      codeOf(await set({ 'signin.break-glass-users': [vera.userId] }, plain)),
      'signin.elevation-required',
    );
  });
});
